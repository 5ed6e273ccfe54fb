import type { AuditEvent, AuditRecord } from '../model/audit-event.ts';
import type { SessionId } from '../model/names.ts';

/**
 * Append-only record of every security-relevant act.
 *
 * Every implementation passes `tests/contract/audit-store.contract.ts`. Events about a change of state are not appended
 * here but handed to the store that makes the change, which commits both or neither.
 */
export interface AuditStore {
  /**
   * Durable once resolved, all or none. Order of the argument is kept. No object id, e-mail address or name of a user is
   * kept: who it was is a keyed hash, also in the name of a personal agent (`agentRefOf`).
   *
   * @throws LkpsError `audit_unavailable` when durability cannot be promised within 2 s.
   */
  append(events: readonly AuditEvent[]): Promise<void>;

  /**
   * Events of one session in the order they happened; empty for a session never seen.
   *
   * @throws LkpsError `audit_unavailable`.
   */
  listBySession(session: SessionId): Promise<readonly AuditRecord[]>;
}
