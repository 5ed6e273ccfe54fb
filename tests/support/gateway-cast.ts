import { agentNameOf, type WorkerAnswer, type WorkerRegister } from '../../core/index.ts';
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

/** How a worker wants to be seen in the room. */
export type Shown = Pick<WorkerAnswer, 'participantName' | 'participantMetadata' | 'participantAttributes'>;

export const PLAIN: Shown = {
  participantName: 'Eve',
  participantMetadata: '',
  participantAttributes: new Map([['mood', 'fine']]),
};
