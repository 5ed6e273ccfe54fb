import { LkpsError } from '../errors.ts';
import { isRoomName, parseRoomName } from '../model/names.ts';
import { isOver, type SessionIntent } from '../model/session.ts';
import type { WorkerConnection } from '../model/worker.ts';
import type { OfferVerdict } from '../model/worker-line.ts';
import type { AgentStore } from '../ports/agent-store.ts';
import type { SessionStore } from '../ports/session-store.ts';

export interface JudgeOfferInput {
  readonly worker: WorkerConnection;
  /** As LiveKit names it. */
  readonly room: string;
}

export interface JudgeOfferPorts {
  readonly sessions: Pick<SessionStore, 'find'>;
  readonly agents: Pick<AgentStore, 'find'>;
}

/** Whether a job that LiveKit offers is this agent's: its room is that of an open session with the agent. */
export class JudgeOffer {
  readonly #ports: JudgeOfferPorts;

  constructor(ports: JudgeOfferPorts) {
    this.#ports = ports;
  }

  /** Never rejects: doubt, or no answer within 2 s, is a no. */
  async execute(input: JudgeOfferInput): Promise<OfferVerdict> {
    try {
      const found = await findOwnSession(this.#ports, input);
      return 'intent' in found ? { outcome: 'ours' } : { outcome: 'withheld', reason: found.reason };
    } catch (error) {
      return { outcome: 'withheld', reason: error instanceof LkpsError ? error.code : 'internal' };
    }
  }
}

/** By the intent on record before the room was made, which nobody but the service writes. */
export async function findOwnSession(
  { sessions, agents }: JudgeOfferPorts,
  { worker, room }: JudgeOfferInput,
): Promise<{ readonly intent: SessionIntent } | { readonly reason: string }> {
  if (!isRoomName(room)) {
    return { reason: 'room_unknown' };
  }
  const { agent } = worker.pass;
  const [session, known] = await Promise.all([
    sessions.find({ room: parseRoomName(room) }),
    agents.find(agent),
  ]);
  if (session === undefined) {
    return { reason: 'room_unknown' };
  }
  if (session.intent.agent !== agent) {
    return { reason: 'room_of_another_agent' };
  }
  if (isOver(session)) {
    return { reason: 'session_over' };
  }
  if (known === undefined) {
    return { reason: 'never_registered' };
  }
  return known.revokedAt === undefined ? { intent: session.intent } : { reason: 'agent_revoked' };
}
