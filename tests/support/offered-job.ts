import {
  agentNameOf,
  parseConnectionId,
  parseJobId,
  parseTokenId,
  type AgentName,
  type StartedSession,
  type WorkerConnection,
} from '../../core/index.ts';
import { AGENT, AGENT_NAME, clientApp, CONTEXT, STRANGER } from './platform-cast.ts';
import type { Platform } from './platform-over-memory.ts';

export const JOB = parseJobId('AJ_one');
/** Of another team. */
export const OTHER_AGENT = agentNameOf(STRANGER);

/** A worker of an agent, with a token that is good for an hour from the platform's now on. */
export function workerOf(
  { clock }: Pick<Platform, 'clock'>,
  agent: AgentName = AGENT_NAME,
): WorkerConnection {
  const issuedAt = clock.now();
  return {
    connectionId: parseConnectionId('c0000000-0000-4000-8000-000000000001'),
    pass: {
      agent,
      tokenId: parseTokenId('70ce0000-0000-4000-8000-0000000000ff'),
      issuedAt,
      expiresAt: new Date(issuedAt.getTime() + 3_600_000),
      signingKeyId: 'agents',
    },
  };
}

export function startSession({ service }: Pick<Platform, 'service'>): Promise<StartedSession> {
  return service.startSession.execute({ caller: clientApp, agentClientId: AGENT, context: CONTEXT });
}
