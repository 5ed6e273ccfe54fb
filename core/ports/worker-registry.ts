import type { AuditEvent } from '../model/audit-event.ts';
import type { AgentName, ConnectionId, GatewayId } from '../model/names.ts';
import type { WorkerConnection, WorkerDue } from '../model/worker.ts';

/**
 * The workers of this region, whichever gateway they are connected to: what lets gateways that know nothing of one another
 * keep one connection for a token, and what tells a session's start whether there is anybody to take its job.
 *
 * Every implementation passes `tests/contract/worker-registry.contract.ts`.
 *
 * @throws LkpsError All reject with `audit_unavailable` when durability, or an answer, cannot be promised within 2 s.
 */
export interface WorkerRegistry {
  /**
   * From now on this is the one connection of its token, in whatever gateway the one before is. Durable together with its
   * audit events, or neither. Of connections of one token admitted at the same time one stays.
   */
  admit(worker: WorkerConnection, audit: readonly AuditEvent[]): Promise<void>;

  /**
   * Which of these have to go, and why; those that may stay are left out. Whatever was durable when it was asked for is
   * met: another connection of the token (`replaced`), a revocation of the agent or of the application whose personal
   * agent it is, also one that was taken back since (`agent_revoked`), a registration whose token expires later
   * (`renewed`), in this order.
   */
  due(workers: readonly WorkerConnection[]): Promise<ReadonlyMap<ConnectionId, WorkerDue>>;

  /**
   * All agents that have a worker with room for a job at this gateway, in place of what it announced before. Believed for
   * 15 s by the store's clock; an empty list takes all of them away at once.
   */
  announce(gateway: GatewayId, online: readonly AgentName[]): Promise<void>;

  /** Whether some gateway announced it that is to be believed. */
  isOnline(agent: AgentName): Promise<boolean>;
}
