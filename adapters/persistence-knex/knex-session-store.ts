import {
  foldSession,
  type AuditEvent,
  isOver,
  type DescribeChange,
  type GrantRefusal,
  type OpenLimit,
  type Session,
  type SessionFact,
  type SessionId,
  type SessionIntent,
  type SessionKey,
  type SessionStore,
} from '../../core/index.ts';
import { parseFact, toFactRow, type FactRow } from './fact-row.ts';
import { hasTooManyOpen } from './has-too-many-open.ts';
import { insertAuditEvents } from './insert-audit-events.ts';
import type { Database, Transaction } from './open-database.ts';
import { parseSession, toSessionRow, toStatusRow, type SessionRow } from './session-row.ts';
import { requireSubjectKey, type SubjectKey } from './subject-ref.ts';

/** How LiveKit's event ids begin; the service's own facts are named otherwise. */
const WEBHOOK_EVENT_PREFIX = 'EV_';

/** {@link SessionStore} on PostgreSQL. The row lock on the session is what keeps it to one writer at a time. */
export class KnexSessionStore implements SessionStore {
  readonly #db: Database;
  readonly #subjectKey: SubjectKey;

  constructor({ db, subjectKey }: { readonly db: Database; readonly subjectKey: SubjectKey }) {
    this.#db = db;
    this.#subjectKey = requireSubjectKey(subjectKey);
  }

  open(
    intent: SessionIntent,
    audit: readonly AuditEvent[],
    limit?: OpenLimit,
  ): Promise<'opened' | 'too_many_open'> {
    return this.#db.transact('session was not opened', async (trx) => {
      if (limit !== undefined && (await hasTooManyOpen(trx, intent.caller.clientId, limit))) {
        return 'too_many_open';
      }
      await trx('sessions').insert(toSessionRow({ intent, ...foldSession(intent, []) }));
      await insertAuditEvents(trx, audit, this.#subjectKey);
      return 'opened';
    });
  }

  record(
    key: SessionKey,
    facts: readonly SessionFact[],
    describe: DescribeChange,
  ): Promise<'applied' | 'already_known' | 'unknown_session'> {
    return this.#db.transact('facts of a session were not recorded', async (trx) => {
      const row = await trx<SessionRow>('sessions').where(condition(key)).forUpdate().first();
      return row === undefined ? 'unknown_session' : this.#change(trx, parseSession(row), facts, describe);
    });
  }

  grant(
    sessionId: SessionId,
    facts: readonly SessionFact[],
    describe: DescribeChange,
  ): Promise<'applied' | 'already_known' | 'unknown_session' | GrantRefusal> {
    return this.#db.transact('the grant of a session was not recorded', async (trx) => {
      const { rows } = await trx.raw<{ rows: readonly GrantRow[] }>(SELECT_FOR_GRANT, [sessionId]);
      const [row] = rows;
      if (row === undefined) {
        return 'unknown_session';
      }
      const before = parseSession(row);
      return refusalOf(row, before) ?? this.#change(trx, before, facts, describe);
    });
  }

  async find(key: SessionKey): Promise<Session | undefined> {
    const [row] = await this.#db.read('session was not read', (on) =>
      on<SessionRow>('sessions').where(condition(key)).select(),
    );
    return row === undefined ? undefined : parseSession(row);
  }

  /** On a session whose row is locked. */
  async #change(
    trx: Transaction,
    before: Session,
    facts: readonly SessionFact[],
    describe: DescribeChange,
  ): Promise<'applied' | 'already_known'> {
    if ((await insertFacts(trx, before, facts)) === 0) {
      return 'already_known';
    }
    const after = await refold(trx, before);
    await insertAuditEvents(trx, describe(before, after), this.#subjectKey);
    return 'applied';
  }
}

interface GrantRow extends SessionRow {
  readonly agent_revoked: boolean;
  readonly client_blocked: boolean;
}

/**
 * One snapshot, taken when the room is there already: whoever cuts off the agent or the client either committed before
 * it, and it shows; or lists the open sessions after it, and finds this one.
 */
const SELECT_FOR_GRANT = `
  select s.*,
    exists (select from agents a where a.agent_name in (s.agent_name, s.agent_client_id::text)
      and a.revoked_at is not null) as agent_revoked,
    exists (select from clients c where c.client_id = s.caller_client_id and c.blocked_at is not null)
      as client_blocked
  from sessions s where s.session_id = ? for update`;

/** What was cut off comes first: a session that it ended is over because of it. */
function refusalOf(row: GrantRow, session: Session): GrantRefusal | undefined {
  if (row.agent_revoked) {
    return 'agent_revoked';
  }
  if (row.client_blocked) {
    return 'client_blocked';
  }
  return isOver(session) ? 'session_over' : undefined;
}

function condition(key: SessionKey): { session_id: string } | { room_name: string } {
  return 'sessionId' in key ? { session_id: key.sessionId } : { room_name: key.room };
}

/** How many of them the session had not seen. */
async function insertFacts(
  trx: Transaction,
  { intent }: Session,
  facts: readonly SessionFact[],
): Promise<number> {
  if (facts.length === 0) {
    return 0;
  }
  const added = await trx<FactRow>('session_facts')
    .insert(facts.map((fact) => toFactRow(intent.sessionId, fact)))
    .onConflict(['session_id', 'fact_id'])
    .ignore()
    .returning('fact_id');
  const events = added.filter(({ fact_id: factId }) => factId.startsWith(WEBHOOK_EVENT_PREFIX));
  if (events.length > 0) {
    await trx('webhook_events')
      .insert(events.map(({ fact_id: eventId }) => ({ event_id: eventId, session_id: intent.sessionId })))
      .onConflict('event_id')
      .ignore();
  }
  return added.length;
}

async function refold(trx: Transaction, { intent }: Session): Promise<Session> {
  const rows = await trx<FactRow>('session_facts').where({ session_id: intent.sessionId });
  const status = foldSession(intent, rows.map(parseFact));
  const updated = await trx('sessions')
    .where({ session_id: intent.sessionId })
    .update({ ...toStatusRow(status), updated_at: trx.fn.now() });
  if (updated !== 1) {
    throw new Error('the session vanished');
  }
  return { intent, ...status };
}
