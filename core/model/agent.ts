import { agentNameOf, type AgentName, type ClientId, type ObjectId } from './names.ts';

/** The newest registration of an agent in this region. */
export interface Agent {
  readonly name: AgentName;
  readonly clientId: ClientId;
  /** Whose personal agent it is; absent for an application's own. */
  readonly userId?: ObjectId;
  readonly clientAuthorization: ClientAuthorization;
  readonly registeredAt: Date;
  /** When the token of the newest registration expires. */
  readonly expiresAt: Date;
}

/** What an agent says of its clients; `open` counts only where the platform lets agents decide. */
export type ClientAuthorization = 'required' | 'open';

/** What a platform permits of agents. */
export interface AgentRules {
  /** `agent-declared`: an agent that registered as `open` may be reached by any caller the edge lets in. */
  readonly clientAuthorization: 'always' | 'agent-declared';
  /** Whether users may have personal agents. */
  readonly userAgents: 'allow' | 'deny';
}

/** Registered means: the newest registration has not expired. */
export function isRegistered(agent: Agent, now: Date): boolean {
  return now.getTime() < agent.expiresAt.getTime();
}

/**
 * Which of two registrations of one agent is the newest. It depends on nothing but the two: of those made at one instant
 * the one that expires later is, and of two alike in that too the one that is enforced.
 */
export function supersedes(agent: Agent, known: Agent): boolean {
  const laterMs =
    agent.registeredAt.getTime() - known.registeredAt.getTime() ||
    agent.expiresAt.getTime() - known.expiresAt.getTime();
  return laterMs > 0 || (laterMs === 0 && agent.clientAuthorization === 'required');
}

/** Who an agent is, and so what it is called. */
export function agentIdentity(
  clientId: ClientId,
  userId?: ObjectId,
): Pick<Agent, 'name' | 'clientId' | 'userId'> {
  return { name: agentNameOf(clientId, userId), clientId, ...(userId === undefined ? {} : { userId }) };
}
