import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowHash } from '../../../adapters/persistence-knex/row-hash.ts';
import { agentNameOf, parseClientId, type AuditEvent } from '../../../core/index.ts';
import {
  auditEvents,
  auditEventsWith,
  holds,
  outsideText,
  sessionIntents,
  users,
} from '../../support/arbitraries.ts';
import { asNewEvents, asNewSession, freshSessionId, freshUserId } from '../../support/fresh-ids.ts';
import { query } from '../../support/postgres-database.ts';
import { openPostgresSubject, type PostgresSubject } from '../../support/postgres-stores.ts';

interface StoredRow {
  readonly row_hash: Buffer;
  readonly tx_id: string;
}

interface SubjectRow {
  readonly email: string | null;
  readonly display_name: string | null;
}

const ADA = { kind: 'user', clientId: parseClientId(crypto.randomUUID()) } as const;

describe('audit rows in PostgreSQL', { timeout: 90_000 }, () => {
  let subject: PostgresSubject;
  beforeAll(async () => {
    subject = await openPostgresSubject();
  });
  afterAll(() => subject.close());

  const append = async (drawn: readonly AuditEvent[]): Promise<ReturnType<typeof freshSessionId>> => {
    const sessionId = freshSessionId();
    await subject.audit.append(asNewEvents(drawn, { sessionId }));
    return sessionId;
  };
  const rowsOf = (sessionId: string): Promise<readonly StoredRow[]> =>
    query(subject.urls.adminUrl, 'select * from audit_events where session_id = $1', [sessionId]);
  const hashesHold = (rows: readonly StoredRow[]): void => {
    expect(rows.map((row) => rowHash(row).toString('hex'))).toEqual(
      rows.map((row) => row.row_hash.toString('hex')),
    );
  };
  const subjectOf = async (sessionId: ReturnType<typeof freshSessionId>): Promise<SubjectRow | undefined> => {
    const [record] = await subject.audit.listBySession(sessionId);
    const sql = 'select email, display_name from audit_subjects where subject_ref = $1';
    return (await query<SubjectRow>(subject.urls.adminUrl, sql, [record?.actor?.userRef]))[0];
  };

  it('carry a hash that anyone can compute again from what the database gives back', () =>
    holds(
      fc.array(fc.oneof(auditEvents, auditEventsWith(outsideText)), { minLength: 1, maxLength: 4 }),
      async (drawn) => {
        const rows = await rowsOf(await append(drawn));
        expect(rows.length).toBe(drawn.length);
        hashesHold(rows);
      },
    ));

  it('have another hash as soon as any column is another, one that is not there yet excepted', () =>
    holds(
      auditEvents,
      async (drawn) => {
        const [row] = await rowsOf(await append([drawn]));
        const hash = rowHash(row ?? expect.unreachable()).toString('hex');
        for (const column of Object.keys(row ?? {}).filter(
          (name) => name !== 'row_hash' && name !== 'tx_id',
        )) {
          expect(rowHash({ ...row, [column]: 'forged' }).toString('hex')).not.toBe(hash);
        }
        expect(rowHash({ ...row, column_of_tomorrow: null }).toString('hex')).toBe(hash);
      },
      { numRuns: 20 },
    ));

  it('carry the transaction that wrote them', async () => {
    const events = fc.sample(auditEvents, 6);
    const rows = await Promise.all(
      [append(events.slice(0, 3)), append(events.slice(3))].map(async (id) => rowsOf(await id)),
    );
    const transactions = rows.map((batch) => new Set(batch.map(({ tx_id: id }) => id)));
    expect(transactions.map((ids) => ids.size)).toEqual([1, 1]);
    expect(new Set(transactions.flatMap((ids) => [...ids])).size).toBe(2);
  });

  it('leave e-mail, name and object id of a user to the tables meant for them', () =>
    holds(
      fc.tuple(sessionIntents, auditEvents, users),
      async ([drawn, drawnEvent, user]) => {
        const agent = agentNameOf(drawn.agentClientId, user.userId);
        const intent = { ...asNewSession(drawn), caller: user, agent };
        const [event] = asNewEvents([{ ...drawnEvent, actor: user, agent }], { sessionId: intent.sessionId });
        await subject.sessions.open(intent, [event ?? expect.unreachable()]);
        const personal = [user.email, user.displayName].filter((datum) => datum !== undefined);
        for (const datum of personal) {
          expect(await tablesWith(subject, datum)).toEqual(
            user.userId === undefined ? [] : ['audit_subjects'],
          );
        }
        if (user.userId !== undefined) {
          expect(await tablesWith(subject, user.userId)).toEqual(['sessions']);
        }
      },
      { numRuns: 15 },
    ));

  it('know a user by the newest e-mail and name; a token that says neither takes nothing away', () =>
    holds(
      fc.array(fc.tuple(auditEvents, users), { minLength: 1, maxLength: 4 }),
      async (drawn) => {
        const userId = freshUserId();
        const said = drawn.map(([event, user]) => ({ ...event, actor: { ...user, userId } }));
        const sessions = [];
        for (const event of said) {
          sessions.push(await append([event]));
        }
        const last = (data: readonly (string | undefined)[]): string | null =>
          data.findLast((datum) => datum !== undefined) ?? null;
        const expected = {
          email: last(said.map(({ actor }) => actor.email)),
          display_name: last(said.map(({ actor }) => actor.displayName)),
        };
        const known = await subjectOf(sessions[0] ?? expect.unreachable());
        expect(known ?? { email: null, display_name: null }).toEqual(expected);
      },
      { numRuns: 25 },
    ));

  it('never make two requests of a user, or of two users in any order, wait for each other for ever', async () => {
    const events = fc.sample(auditEvents, 2);
    const actors = [freshSessionId(), freshSessionId()].map((userId) => ({
      ...ADA,
      userId: userId as never,
    }));
    const appendOf = (index: number): Promise<unknown> => {
      const both = events.map((event, position) => ({
        ...event,
        actor: {
          ...(actors[(index + position) % 2] ?? expect.unreachable()),
          email: `${index}@example.test`,
        },
      }));
      return append(both);
    };
    // As many at once as there are connections: what waits for one has its deadline too.
    for (let round = 0; round < 4; round += 1) {
      const appends = Array.from({ length: 10 }, (_, index) => appendOf(10 * round + index));
      expect((await Promise.allSettled(appends)).map(({ status }) => status)).not.toContain('rejected');
    }
  });

  it('keep their hashes when a user is erased', async () => {
    const [event] = fc.sample(auditEvents, 1);
    const userId = freshUserId();
    const actor = { ...ADA, userId, email: 'ada@example.test', displayName: 'Ada' };
    const sessionId = await append([{ ...(event ?? expect.unreachable()), actor }]);
    expect(await subjectOf(sessionId)).toEqual({ email: 'ada@example.test', display_name: 'Ada' });
    await query(subject.urls.adminUrl, 'delete from audit_subjects');
    hashesHold(await rowsOf(sessionId));
    expect((await subject.audit.listBySession(sessionId)).length).toBe(1);
  });

  it('of before schema_version 2, with the object id in the name of a personal agent, are read as they are', async () => {
    const sessionId = freshSessionId();
    const name = agentNameOf(ADA.clientId, freshUserId());
    await query(
      subject.urls.adminUrl,
      `insert into audit_events
         (event_id, occurred_at, schema_version, type, outcome, agent_name, session_id, region, row_hash)
       values (gen_random_uuid(), now(), 1, 'session.granted', 'allowed', $1, $2, 'eu', sha256(''))`,
      [name, sessionId],
    );
    expect(await subject.audit.listBySession(sessionId)).toMatchObject([{ agent: name }]);
  });

  it('are refused whole, with the change they belong to, when the database refuses one', async () => {
    const [event] = asNewEvents(fc.sample(auditEvents, 1));
    const clientId = parseClientId(crypto.randomUUID());
    const at = new Date();
    const agent = {
      name: agentNameOf(clientId),
      clientId,
      clientAuthorization: 'required' as const,
      registeredAt: at,
      expiresAt: at,
    };
    const impossible = { ...(event ?? expect.unreachable()), outcome: 'maybe' as never };
    const failure: unknown = await subject.agents
      .register(agent, [impossible])
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'audit_unavailable' });
    expect(String(failure)).toContain('23514');
    expect(JSON.stringify([String(failure), String((failure as Error).cause)])).not.toMatch(/insert|maybe/);
    expect(await subject.agents.find(agent.name)).toBeUndefined();
  });
});

/** The tables any of whose rows contain the text. */
async function tablesWith({ urls }: PostgresSubject, text: string): Promise<readonly string[]> {
  const tables = ['agents', 'sessions', 'session_facts', 'webhook_events', 'audit_events', 'audit_subjects'];
  const found = await Promise.all(
    tables.map((table) =>
      query(urls.adminUrl, `select from ${table} t where strpos(t::text, $1) > 0`, [text]),
    ),
  );
  return tables.filter((_, index) => (found[index]?.length ?? 0) > 0);
}
