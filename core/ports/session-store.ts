import type { AuditEvent } from '../model/audit-event.ts';
import type { RoomName, SessionId } from '../model/names.ts';
import type { Session, SessionFact, SessionIntent } from '../model/session.ts';

/** The audit events that a change of a session is worth; called inside the transaction, so it must not wait. */
export type DescribeChange = (before: Session, after: Session) => readonly AuditEvent[];

export type SessionKey = { readonly sessionId: SessionId } | { readonly room: RoomName };

/**
 * Sessions and the facts they are folded from (policy/session-fold.ts).
 *
 * Every implementation passes `tests/contract/session-store.contract.ts`.
 */
export interface SessionStore {
  /**
   * Records the intent, in state `starting`, with its audit events: both durable once resolved, or neither.
   *
   * @throws LkpsError `audit_unavailable` when durability cannot be promised within 2 s.
   */
  open(intent: SessionIntent, audit: readonly AuditEvent[]): Promise<void>;

  /**
   * Adds facts to a session, folds all of them again and appends what `describe` says of the change: one transaction,
   * one writer per session at a time. A fact whose `factId` is known adds nothing; when all are known, nothing is
   * described.
   *
   * @throws LkpsError `audit_unavailable` when durability cannot be promised within 2 s.
   */
  record(
    key: SessionKey,
    facts: readonly SessionFact[],
    describe: DescribeChange,
  ): Promise<'applied' | 'already_known' | 'unknown_session'>;

  /** @throws LkpsError `audit_unavailable`. */
  find(key: SessionKey): Promise<Session | undefined>;
}
