import type { Agent } from '../model/agent.ts';
import type { AuditEvent } from '../model/audit-event.ts';
import type { AgentName } from '../model/names.ts';

/**
 * The agents of this region, each with its newest registration.
 *
 * Every implementation passes `tests/contract/agent-store.contract.ts`.
 */
export interface AgentStore {
  /**
   * Records a registration together with its audit events: both durable once resolved, or neither. Of registrations of
   * one agent the one with the latest `registeredAt` stays, in whatever order they arrive.
   *
   * @throws LkpsError `audit_unavailable` when durability cannot be promised within 2 s.
   */
  register(agent: Agent, audit: readonly AuditEvent[]): Promise<void>;

  /** @throws LkpsError `audit_unavailable`. */
  find(name: AgentName): Promise<Agent | undefined>;
}
