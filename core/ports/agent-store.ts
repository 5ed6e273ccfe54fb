import type { Agent } from '../model/agent.ts';
import type { AuditEvent } from '../model/audit-event.ts';
import type { AgentName } from '../model/names.ts';

/** An agent that registered, and whether it has been cut off since or before. */
export interface KnownAgent extends Agent {
  /** Its own revocation, or that of the application whose personal agent it is. */
  readonly revokedAt?: Date;
  /**
   * Tokens issued before it stay void: the second of the latest revocation that was taken back, its own or that application's.
   * In whole seconds, as a token says when it was issued.
   */
  readonly tokensVoidUntil?: Date;
}

/**
 * The agents of this region, each with its newest registration.
 *
 * Every implementation passes `tests/contract/agent-store.contract.ts`.
 */
export interface AgentStore {
  /**
   * Records a registration together with its audit events: both durable once resolved, or neither. Of registrations of
   * one agent the one with the latest `registeredAt` stays, in whatever order they arrive. Nothing is recorded of an
   * agent that is revoked; a revocation of that very name either waits for a registration under way or is met by it.
   *
   * @throws LkpsError `audit_unavailable` when durability cannot be promised within 2 s.
   */
  register(agent: Agent, audit: readonly AuditEvent[]): Promise<'registered' | 'agent_revoked'>;

  /** Undefined for an agent that never registered. @throws LkpsError `audit_unavailable`. */
  find(name: AgentName): Promise<KnownAgent | undefined>;
}
