import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canChangeAuditTrail, openDatabase } from '../../../adapters/persistence-knex/index.ts';
import { auditEvents } from '../../support/arbitraries.ts';
import { asNewEvents, freshSessionId } from '../../support/fresh-ids.ts';
import { query } from '../../support/postgres-database.ts';
import { openPostgresSubject, type PostgresSubject } from '../../support/postgres-stores.ts';

const PERMISSION_DENIED = { code: '42501' };
const APPEND_ONLY = { message: expect.stringContaining('append-only') as string };
const CHANGES = ['update %I set outcome = outcome', 'delete from %I', 'truncate %I'];
const LONG_AGO = new Date('1999-01-01T00:00:00.000Z');

describe('the audit trail, by the database itself', { timeout: 90_000 }, () => {
  const sessionId = freshSessionId();
  const events = asNewEvents(fc.sample(auditEvents, 5), { sessionId });
  let subject: PostgresSubject;
  let partitions: readonly string[];

  beforeAll(async () => {
    subject = await openPostgresSubject();
    // One of them in the DEFAULT partition, so that every kind of partition has a row.
    const old = fc.sample(auditEvents, 1).map((event) => ({ ...event, occurredAt: LONG_AGO }));
    await subject.audit.append([...events, ...asNewEvents(old, { sessionId })]);
    const rows = await query<{ name: string }>(
      subject.urls.adminUrl,
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_events'::regclass`,
    );
    partitions = rows.map(({ name }) => name);
  });
  afterAll(() => subject.close());

  it('has a partition for this month and two years ahead, and one for the rest', () => {
    expect(partitions.length).toBe(26);
    expect(partitions).toContain('audit_events_default');
  });

  it('lets the service add and read, and change or empty nothing', async () => {
    for (const change of CHANGES) {
      const sql = change.replace('%I', 'audit_events');
      await expect(query(subject.urls.serviceUrl, sql)).rejects.toMatchObject(PERMISSION_DENIED);
    }
    await expect(
      query(subject.urls.serviceUrl, 'alter table audit_events disable trigger all'),
    ).rejects.toMatchObject(PERMISSION_DENIED);
  });

  it('shows the service none of its partitions', async () => {
    for (const partition of partitions) {
      for (const sql of ['select * from %I', 'insert into %I select * from audit_events', ...CHANGES]) {
        await expect(query(subject.urls.serviceUrl, sql.replace('%I', partition))).rejects.toMatchObject(
          PERMISSION_DENIED,
        );
      }
    }
    const create = query(subject.urls.serviceUrl, `select lkps_create_audit_partition('1999-01-01')`);
    await expect(create).rejects.toMatchObject(PERMISSION_DENIED);
  });

  it('refuses the owner too, through the parent and through every partition', async () => {
    for (const change of CHANGES) {
      const sql = change.replace('%I', 'audit_events');
      await expect(query(subject.urls.adminUrl, sql)).rejects.toMatchObject(APPEND_ONLY);
    }
    for (const partition of partitions) {
      const truncate = query(subject.urls.adminUrl, `truncate ${partition}`);
      await expect(truncate).rejects.toMatchObject(APPEND_ONLY);
    }
    for (const change of CHANGES) {
      const sql = change.replace('%I', 'audit_events_default');
      await expect(query(subject.urls.adminUrl, sql)).rejects.toMatchObject(APPEND_ONLY);
    }
  });

  it('still has every row after all of that', async () => {
    const records = await subject.audit.listBySession(sessionId);
    expect(records.map(({ eventId }) => eventId)).toEqual(
      expect.arrayContaining(events.map(({ eventId }) => eventId)),
    );
  });

  it('lets the service change registry and sessions, but delete nothing', async () => {
    for (const table of ['agents', 'sessions', 'session_facts', 'webhook_events', 'audit_subjects']) {
      for (const sql of [`delete from ${table}`, `truncate ${table} cascade`, `drop table ${table}`]) {
        await expect(query(subject.urls.serviceUrl, sql)).rejects.toMatchObject(PERMISSION_DENIED);
      }
    }
    const changes = [
      'session_facts set fact_id = null',
      'webhook_events set event_id = null',
      'lkps_migrations set name = null',
    ];
    for (const change of changes) {
      await expect(query(subject.urls.serviceUrl, `update ${change}`)).rejects.toMatchObject(
        PERMISSION_DENIED,
      );
    }
  });

  it('lets the service change what a session or a registration became, never whose it is', async () => {
    const forbidden = [
      'agents set client_id = gen_random_uuid()',
      "agents set agent_name = 'another'",
      'agents set user_id = gen_random_uuid()',
      'sessions set caller_client_id = gen_random_uuid()',
      "sessions set participant_identity = 'user-another'",
      "sessions set room_name = 'another'",
    ];
    for (const change of forbidden) {
      await expect(query(subject.urls.serviceUrl, `update ${change}`)).rejects.toMatchObject(
        PERMISSION_DENIED,
      );
    }
  });

  it('leaves the transaction of a row to the database', async () => {
    const sql = 'insert into audit_events (event_id, tx_id) values (gen_random_uuid(), 3)';
    await expect(query(subject.urls.serviceUrl, sql.replace('3', `'3'`))).rejects.toMatchObject(
      PERMISSION_DENIED,
    );
  });

  it('takes a commit that is not on disk for none, whatever the role is set to', async () => {
    const { user } = { user: new URL(subject.urls.serviceUrl).username };
    await query(subject.urls.superuserUrl, `alter role "${user}" set synchronous_commit = off`);
    const db = openDatabase({ url: subject.urls.serviceUrl });
    try {
      const shown = await db.transact('shown', async (trx) => {
        const { rows } = await trx.raw<{ rows: readonly { readonly synchronous_commit: string }[] }>(
          'show synchronous_commit',
        );
        return rows[0]?.synchronous_commit;
      });
      expect(shown).toBe('on');
    } finally {
      await db.close();
      await query(subject.urls.superuserUrl, `alter role "${user}" reset synchronous_commit`);
    }
  });

  it('tells the login that can change it from the one that cannot', async () => {
    const { adminUrl, serviceUrl, superuserUrl } = subject.urls;
    for (const [url, can] of [
      [serviceUrl, false],
      [adminUrl, true],
      [superuserUrl, true],
    ] as const) {
      const db = openDatabase({ url });
      expect(await canChangeAuditTrail(db)).toBe(can);
      await db.close();
    }
  });

  it.for([
    'update (reason) on audit_events',
    'trigger on audit_events',
    'delete on PARTITION',
    'truncate on PARTITION',
    'update (reason) on PARTITION',
  ])('tells a login that was granted %s', async (grant) => {
    const { adminUrl, serviceUrl } = subject.urls;
    const [row] = await query<{ name: string }>(
      adminUrl,
      `select relid::text as name from pg_partition_tree('audit_events') where isleaf limit 1`,
    );
    const granted = grant.replace('PARTITION', row?.name ?? expect.unreachable());
    const db = openDatabase({ url: serviceUrl });
    try {
      await query(adminUrl, `grant ${granted} to lkps_service`);
      expect(await canChangeAuditTrail(db)).toBe(true);
      await query(adminUrl, `revoke ${granted} from lkps_service`);
      expect(await canChangeAuditTrail(db)).toBe(false);
    } finally {
      await db.close();
    }
  });

  it('promises nothing when the database swallows a row without an error', async () => {
    const event = asNewEvents(fc.sample(auditEvents, 1), { sessionId: freshSessionId() });
    await query(
      subject.urls.adminUrl,
      `create function swallow() returns trigger language plpgsql as 'begin return null; end';
       create trigger swallow before insert on audit_events for each row execute function swallow()`,
    );
    await expect(subject.audit.append(event)).rejects.toMatchObject({ code: 'audit_unavailable' });
    await query(subject.urls.adminUrl, 'drop trigger swallow on audit_events; drop function swallow');
    await expect(subject.audit.append(event)).resolves.toBeUndefined();
  });
});
