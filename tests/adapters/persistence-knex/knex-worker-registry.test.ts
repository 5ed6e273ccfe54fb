import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWorkerRegistry } from '../../contract/worker-registry.contract.ts';
import { query } from '../../support/postgres-database.ts';
import { openPostgresSubject, type PostgresSubject } from '../../support/postgres-stores.ts';

describeWorkerRegistry('PostgreSQL', async () => {
  const subject = await openPostgresSubject();
  return {
    ...subject,
    later: async (ms) => {
      const sql = `update gateways set announced_until = announced_until - $1 * interval '1 millisecond'`;
      await query(subject.urls.adminUrl, sql, [ms]);
    },
    failingAtRandom: subject.failing.workers,
    broken: subject.broken.workers,
  };
});

describe('what the service may do with workers and gateways', () => {
  let subject: PostgresSubject;
  beforeAll(async () => {
    subject = await openPostgresSubject();
  });
  afterAll(() => subject.close());

  it.for([
    'delete from worker_connections',
    'truncate worker_connections',
    'drop table worker_connections',
    'update worker_connections set token_id = gen_random_uuid()',
    "update worker_connections set agent_name = 'another'",
    'update worker_connections set token_expires_at = now()',
    'delete from gateways',
    'truncate gateways',
    'drop table gateways',
    'update gateways set gateway_id = gen_random_uuid()',
  ])('refuses: %s', async (sql) => {
    await expect(query(subject.urls.serviceUrl, sql)).rejects.toMatchObject({ code: '42501' });
  });
});
