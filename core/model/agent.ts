import type { AgentName, ClientId } from './names.ts';

/** The newest registration of an agent in this region. */
export interface Agent {
  readonly name: AgentName;
  readonly clientId: ClientId;
  readonly registeredAt: Date;
  /** When the token of the newest registration expires. */
  readonly expiresAt: Date;
}

/** Registered means: the newest registration has not expired. */
export function isRegistered(agent: Agent, now: Date): boolean {
  return now.getTime() < agent.expiresAt.getTime();
}
