import type { AuditEvent } from '../../core/index.ts';
import { toAuditRow, type AuditRow } from './audit-row.ts';
import type { Transaction } from './open-database.ts';
import { rowHash } from './row-hash.ts';
import { storableText } from './storable-text.ts';
import { subjectRef, type SubjectKey } from './subject-ref.ts';

interface Subject {
  readonly subject_ref: string;
  readonly email: string | null;
  readonly display_name: string | null;
}

/** Writes audit events as part of the caller's transaction: every store that changes state ends with this. */
export async function insertAuditEvents(
  trx: Transaction,
  events: readonly AuditEvent[],
  subjectKey: SubjectKey,
): Promise<void> {
  if (events.length > 0) {
    const rows = events.map((event) => insertable(toAuditRow(event, subjectKey)));
    const stored = await trx('audit_events').insert(rows).returning('event_id');
    if (stored.length !== rows.length) {
      throw new Error('rows vanished'); // a trigger or a rule can swallow an INSERT without an error
    }
    await rememberSubjects(trx, subjectsOf(events, subjectKey));
  }
}

function insertable(row: AuditRow): object {
  return {
    ...row,
    grants: json(row.grants),
    authorization_evidence: json(row.authorization_evidence),
    details: json(row.details),
    row_hash: rowHash(row),
  };
}

function json(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** Personal data once per user, the last word winning, sorted: two transactions never wait for each other in a circle. */
function subjectsOf(events: readonly AuditEvent[], subjectKey: SubjectKey): readonly Subject[] {
  const subjects = new Map<string, Subject>();
  for (const { actor } of events) {
    if (
      actor?.kind === 'user' &&
      actor.userId !== undefined &&
      (actor.email ?? actor.displayName) !== undefined
    ) {
      const ref = subjectRef(subjectKey, actor.userId);
      const known = subjects.get(ref);
      subjects.set(ref, {
        subject_ref: ref,
        email: actor.email === undefined ? (known?.email ?? null) : storableText(actor.email),
        display_name:
          actor.displayName === undefined ? (known?.display_name ?? null) : storableText(actor.displayName),
      });
    }
  }
  return [...subjects.values()].sort((a, b) => (a.subject_ref < b.subject_ref ? -1 : 1));
}

/**
 * What a token does not say stays as it was. A row that would not change is not touched: an upsert would lock it, and
 * all requests of a user would queue for the lock.
 */
async function rememberSubjects(trx: Transaction, subjects: readonly Subject[]): Promise<void> {
  for (const { subject_ref: ref, email, display_name: name } of subjects) {
    await trx.raw(
      `insert into audit_subjects as known (subject_ref, email, display_name)
       select :ref::text, :email::text, :name::text
       where not exists (
         select from audit_subjects s
         where s.subject_ref = :ref
           and (:email::text is null or s.email = :email)
           and (:name::text is null or s.display_name = :name))
       on conflict (subject_ref) do update set
         email = coalesce(excluded.email, known.email),
         display_name = coalesce(excluded.display_name, known.display_name),
         updated_at = now()`,
      { ref, email, name },
    );
  }
}
