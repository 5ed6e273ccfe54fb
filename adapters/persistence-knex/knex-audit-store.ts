import type { AuditEvent, AuditRecord, AuditStore, SessionId } from '../../core/index.ts';
import { parseAuditRecord, type AuditRow } from './audit-row.ts';
import { insertAuditEvents } from './insert-audit-events.ts';
import type { Database } from './open-database.ts';
import { requireSubjectKey, type SubjectKey } from './subject-ref.ts';

/** {@link AuditStore} on PostgreSQL. `./migrations` owns the schema, and refuses every change of a row. */
export class KnexAuditStore implements AuditStore {
  readonly #db: Database;
  readonly #subjectKey: SubjectKey;

  constructor({ db, subjectKey }: { readonly db: Database; readonly subjectKey: SubjectKey }) {
    this.#db = db;
    this.#subjectKey = requireSubjectKey(subjectKey);
  }

  async append(events: readonly AuditEvent[]): Promise<void> {
    if (events.length > 0) {
      await this.#db.transact('audit events were not appended', (trx) =>
        insertAuditEvents(trx, events, this.#subjectKey),
      );
    }
  }

  async listBySession(session: SessionId): Promise<readonly AuditRecord[]> {
    const rows = await this.#db.read('audit events were not read', (on) =>
      on<AuditRow>('audit_events').where({ session_id: session }).orderBy('event_id'),
    );
    return rows.map(parseAuditRecord);
  }
}
