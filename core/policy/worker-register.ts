import type { WorkerLine, WorkerOffence } from '../model/worker-line.ts';
import type { WorkerPermissions, WorkerRegister } from '../model/worker-message.ts';
import { publishing } from './token-policy.ts';
import { closeFor } from './worker-close.ts';
import { toUint32 } from './worker-numbers.ts';
import { stepTo, tell, type LineStep } from './worker-step.ts';

const MAX_VERSION = 64;
const NOT_VISIBLE = /[^!-~]/g;

/** The agent's whole grant, and the right to tell its state. */
const EVERYTHING: WorkerPermissions = {
  canPublish: true,
  canSubscribe: true,
  canPublishData: true,
  canUpdateMetadata: true,
};

/** Whatever the worker calls itself, LiveKit hears the name its token is for. */
export function register<Frame>(line: WorkerLine<Frame>, message: WorkerRegister): LineStep<Frame> {
  const offence = offenceOf(line, message);
  if (offence !== undefined) {
    return closeFor(line, offence);
  }
  const permissions = allowed(message.permissions ?? EVERYTHING);
  const report = {
    kind: 'register',
    agentName: line.agent,
    version: message.version.replace(NOT_VISIBLE, '').slice(0, MAX_VERSION),
    pingInterval: toUint32(message.pingInterval),
    permissions,
  } as const;
  return stepTo({ ...line, phase: 'registering', permissions }, tell(report));
}

function offenceOf<Frame>(
  { agent }: WorkerLine<Frame>,
  { agentName, jobType }: WorkerRegister,
): WorkerOffence | undefined {
  if (agentName !== '' && agentName !== agent) {
    return 'wrong_agent_name';
  }
  return jobType === 'room' ? undefined : 'wrong_job_type';
}

function allowed(asked: WorkerPermissions): WorkerPermissions {
  return {
    ...publishing(asked),
    canSubscribe: asked.canSubscribe,
    canPublishData: asked.canPublishData,
    canUpdateMetadata: asked.canUpdateMetadata,
  };
}
