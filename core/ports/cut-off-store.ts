import type { AuditEvent } from '../model/audit-event.ts';
import type { CutOff } from '../model/cut-off.ts';
import type { AgentName, ClientId } from '../model/names.ts';

/**
 * The agents and clients of this region that may do nothing more. Either can be cut off before it was ever seen.
 *
 * An application's name stands for its personal agents too; the name of a personal agent for that one alone. Every act is
 * durable together with its audit events once resolved, or neither is; one that changes nothing leaves no event. Whatever
 * begins after it is resolved, in any process, meets it: nothing is cached.
 *
 * Every implementation passes `tests/contract/cut-off-store.contract.ts`.
 *
 * @throws LkpsError All reject with `audit_unavailable` when durability, or an answer, cannot be promised within 2 s.
 */
export interface CutOffStore {
  /** From now on `AgentStore.register` and `SessionStore.grant` refuse it. An earlier revocation stays as it is. */
  revokeAgent(
    agent: AgentName,
    cutOff: CutOff,
    audit: readonly AuditEvent[],
  ): Promise<'revoked' | 'already_revoked'>;

  /**
   * It may register again; a registration that has not expired counts again. Tokens from before the revocation do not: its
   * second is kept as `KnownAgent.tokensVoidUntil`, where none later is.
   */
  restoreAgent(agent: AgentName, audit: readonly AuditEvent[]): Promise<'restored' | 'not_revoked'>;

  /** From now on `SessionStore.grant` refuses its sessions. */
  blockClient(
    client: ClientId,
    cutOff: CutOff,
    audit: readonly AuditEvent[],
  ): Promise<'blocked' | 'already_blocked'>;

  unblockClient(client: ClientId, audit: readonly AuditEvent[]): Promise<'unblocked' | 'not_blocked'>;

  isBlocked(client: ClientId): Promise<boolean>;
}
