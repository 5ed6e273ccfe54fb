import type { AuditEvent } from '../model/audit-event.ts';
import type { RoomName, SessionId } from '../model/names.ts';
import type { Session, SessionFact, SessionIntent } from '../model/session.ts';

/** The audit events that a change of a session is worth; called inside the transaction, so it must not wait. */
export type DescribeChange = (before: Session, after: Session) => readonly AuditEvent[];

/** Why a token must not leave after all. */
export type GrantRefusal = 'session_over' | 'agent_revoked' | 'client_blocked';

/** How many sessions one client may have open. */
export interface OpenLimit {
  /** The one that is to be opened included. */
  readonly maxOpen: number;
  /** Sessions asked for before that do not count, whether they are over or not. */
  readonly since: Date;
}

export type SessionKey = { readonly sessionId: SessionId } | { readonly room: RoomName };

/**
 * Sessions and the facts they are folded from (policy/session-fold.ts).
 *
 * Every implementation passes `tests/contract/session-store.contract.ts`.
 */
export interface SessionStore {
  /**
   * Records the intent, in state `starting`, with its audit events: both durable once resolved, or neither. Neither where
   * the caller's client has as many sessions open as `limit` lets it, however many are opened at once.
   *
   * @throws LkpsError `audit_unavailable` when durability cannot be promised within 2 s.
   */
  open(
    intent: SessionIntent,
    audit: readonly AuditEvent[],
    limit?: OpenLimit,
  ): Promise<'opened' | 'too_many_open'>;

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

  /**
   * As `record`, for the facts of a token that is about to leave: the last moment at which it can be held back. Decided
   * in the same transaction, before anything else; what is refused leaves nothing. So a session that was open when its
   * agent was revoked, or its client blocked, is found open by whoever ends those, or its grant is refused.
   *
   * @throws LkpsError `audit_unavailable` when durability cannot be promised within 2 s.
   */
  grant(
    sessionId: SessionId,
    facts: readonly SessionFact[],
    describe: DescribeChange,
  ): Promise<'applied' | 'already_known' | 'unknown_session' | GrantRefusal>;

  /** @throws LkpsError `audit_unavailable`. */
  find(key: SessionKey): Promise<Session | undefined>;
}
