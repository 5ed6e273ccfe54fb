import type { Agent } from '../model/agent.ts';
import type { CutOff } from '../model/cut-off.ts';
import type { AgentName, ClientId, SessionId } from '../model/names.ts';
import type { Session, SessionFact } from '../model/session.ts';

/** An agent that registered, or was revoked, or both. */
export interface ListedAgent {
  readonly name: AgentName;
  /** Its newest one. */
  readonly registration?: Pick<Agent, 'registeredAt' | 'expiresAt'>;
  /** Its own, or that of the application whose personal agent it is. */
  readonly revoked?: CutOff;
}

export interface BlockedClient {
  readonly clientId: ClientId;
  readonly blocked: CutOff;
}

export interface AgentSelection {
  /** An application's name stands for its personal agents too. */
  readonly agent?: AgentName;
  readonly revoked?: true;
  /** Only those that come after this one in the order of the list; it need not be in it. */
  readonly after?: AgentName;
  readonly limit: number;
}

export interface SessionSelection {
  /** An application's name stands for its personal agents too. */
  readonly agent?: AgentName;
  readonly client?: ClientId;
  /** Only those that are not over. */
  readonly open?: true;
  /** Only those that come after this one in the order of the list. */
  readonly after?: Session;
  readonly limit: number;
}

/**
 * What is on record about agents, clients and sessions, for those who run the platform. Reads only; at most `limit`.
 *
 * Every implementation passes `tests/contract/operator-view.contract.ts`.
 *
 * @throws LkpsError All reject with `audit_unavailable` when there is no answer within 2 s.
 */
export interface OperatorView {
  /** By name, in the order of its characters' codes. */
  listAgents(selection: AgentSelection): Promise<readonly ListedAgent[]>;

  /** Whether it ever did; an application also where a personal agent of it did. */
  hasRegistered(agent: AgentName): Promise<boolean>;

  /** By id. */
  listBlockedClients(limit: number): Promise<readonly BlockedClient[]>;

  /** Newest first; of those asked for at the same instant, by id, highest first. */
  listSessions(selection: SessionSelection): Promise<readonly Session[]>;

  /** In the order they were learnt of; empty for a session never seen. */
  factsOf(session: SessionId): Promise<readonly SessionFact[]>;
}
