import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEventId, type AuditEvent } from '../../../core/index.ts';
import { auditEvents, holds } from '../../support/arbitraries.ts';
import { asNewEvents, freshEventId, freshSessionId } from '../../support/fresh-ids.ts';
import { query } from '../../support/postgres-database.ts';
import { openPostgresSubject, type PostgresSubject } from '../../support/postgres-stores.ts';

describe('partitions of the audit trail', { timeout: 90_000 }, () => {
  let subject: PostgresSubject;
  beforeAll(async () => {
    subject = await openPostgresSubject();
  });
  afterAll(() => subject.close());

  const create = async (day: string): Promise<string | null | undefined> => {
    const [row] = await query<{ created: string | null }>(
      subject.urls.adminUrl,
      'select lkps_create_audit_partition($1) as created',
      [day],
    );
    return row?.created;
  };
  const partitionOf = async ({ eventId }: AuditEvent): Promise<string | undefined> => {
    const sql = 'select tableoid::regclass::text as name from audit_events where event_id = $1';
    const [row] = await query<{ name: string }>(subject.urls.adminUrl, sql, [eventId]);
    return row?.name;
  };
  const appendedAt = async (instant: Date): Promise<AuditEvent> => {
    const [drawn] = fc.sample(auditEvents, 1);
    const event = { ...(drawn ?? expect.unreachable()), eventId: freshEventId(instant), occurredAt: instant };
    await subject.audit.append([event]);
    return event;
  };

  it('puts an event of now into the partition of this month', async () => {
    const now = new Date();
    const month = now.toISOString().slice(0, 7).replace('-', '_');
    expect(await partitionOf(await appendedAt(now))).toBe(`audit_events_${month}`);
  });

  it('keeps the rows of a month without a partition, in DEFAULT, and reads them like the others', async () => {
    const event = await appendedAt(new Date('2019-07-01T00:00:00.000Z'));
    expect(await partitionOf(event)).toBe('audit_events_default');
  });

  it('keeps an event whose id is no UUID v7 at all', async () => {
    const sessionId = freshSessionId();
    const [drawn] = fc.sample(auditEvents, 1);
    const eventId = parseEventId('ffffffff-ffff-4fff-bfff-ffffffffffff');
    const event = { ...(drawn ?? expect.unreachable()), eventId, sessionId };
    await subject.audit.append([event]);
    expect(await partitionOf(event)).toBe('audit_events_default');
    expect((await subject.audit.listBySession(sessionId)).map((record) => record.eventId)).toEqual([eventId]);
  });

  it('takes a month from its first millisecond to its last, UTC', async () => {
    expect(await create('2020-02-17')).toBe('audit_events_2020_02');
    const names = [];
    for (const instant of [
      '2020-01-31T23:59:59.999Z',
      '2020-02-01T00:00:00.000Z',
      '2020-02-29T23:59:59.999Z',
      '2020-03-01T00:00:00.000Z',
    ]) {
      names.push(await partitionOf(await appendedAt(new Date(instant))));
    }
    const [outside, inside] = ['audit_events_default', 'audit_events_2020_02'];
    expect(names).toEqual([outside, inside, inside, outside]);
  });

  it('guards a partition that is made later like the first ones', async () => {
    expect(await create('2021-05-01')).toBe('audit_events_2021_05');
    await appendedAt(new Date('2021-05-05T05:05:05.005Z'));
    for (const sql of ['truncate', 'delete from', 'update']) {
      const statement = `${sql} audit_events_2021_05 ${sql === 'update' ? 'set region = region' : ''}`;
      await expect(query(subject.urls.adminUrl, statement)).rejects.toThrow('append-only');
      await expect(query(subject.urls.serviceUrl, statement)).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('makes a partition once, and none for a month whose rows are in DEFAULT', async () => {
    expect(await create('2022-01-01')).toBe('audit_events_2022_01');
    expect(await create('2022-01-31')).toBeNull();
    const event = await appendedAt(new Date('2022-06-15T00:00:00.000Z'));
    expect(await create('2022-06-01')).toBeNull();
    expect(await partitionOf(event)).toBe('audit_events_default');
  });

  it('keeps the order of a session across partitions', () =>
    holds(
      fc.array(auditEvents, { minLength: 2, maxLength: 8 }),
      async (drawn) => {
        const sessionId = freshSessionId();
        const events = asNewEvents(drawn, { sessionId });
        await subject.audit.append([...events].reverse());
        const records = await subject.audit.listBySession(sessionId);
        expect(records.map(({ eventId }) => eventId)).toEqual(events.map(({ eventId }) => eventId));
      },
      { numRuns: 20 },
    ));
});
