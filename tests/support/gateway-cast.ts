import { agentNameOf, type WorkerRegister } from '../../core/index.ts';
import type { Shown } from './gateway-messages.ts';
import { ADA, AGENT, CLIENT } from './platform-cast.ts';

/** An application, one user's agent of it, and another application. */
export const AGENTS = [agentNameOf(AGENT), agentNameOf(AGENT, ADA), agentNameOf(CLIENT)] as const;

/** As workers of an honest library say it. */
export const HELLO: WorkerRegister = {
  kind: 'register',
  jobType: 'room',
  agentName: '',
  version: '1.4.6',
  pingInterval: 0,
};

export const PLAIN: Shown = {
  participantName: 'Eve',
  participantMetadata: '',
  participantAttributes: new Map([['mood', 'fine']]),
};
