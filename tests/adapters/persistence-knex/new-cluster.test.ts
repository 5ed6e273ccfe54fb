import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../../adapters/persistence-knex/index.ts';
import { MIGRATIONS } from '../../../adapters/persistence-knex/migrations/index.ts';
import { query } from '../../support/postgres-database.ts';
import { startPostgres } from '../../../dev/postgres/server.ts';

/** Roles belong to the cluster, so the first migration of all is a case of its own. */
let server: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

it(
  'tells an owner who may not create roles what to run, and that is enough',
  { timeout: 60_000 },
  async () => {
    const asSuperuser = (sql: string): Promise<unknown> => query(server.superuserUrl, sql);
    await asSuperuser(`create role weak login password 'weak'`);
    await asSuperuser('create database weak owner weak');
    const adminUrl = Object.assign(new URL(server.adminUrl), {
      username: 'weak',
      password: 'weak',
      pathname: '/weak',
    }).href;

    const failure: unknown = await migrate({ ...server, adminUrl }).catch((error: unknown) => error);
    const advice = /as a superuser run (create role .*); (grant .*)$/.exec((failure as Error).message);
    await asSuperuser(advice?.[1] ?? expect.unreachable(String(failure)));
    await asSuperuser(advice?.[2] ?? expect.unreachable(String(failure)));
    expect((await migrate({ ...server, adminUrl })).applied).not.toEqual([]);
    await asSuperuser('drop database weak');
    await asSuperuser('drop role lkps_service');
  },
);

it(
  'tells an owner who is the service as well that these are two roles, before it asks for any role',
  { timeout: 60_000 },
  async () => {
    await query(server.superuserUrl, `create role double login password 'double'`);
    await query(server.superuserUrl, 'create database double owner double');
    const url = Object.assign(new URL(server.adminUrl), {
      username: 'double',
      password: 'double',
      pathname: '/double',
    }).href;
    await expect(migrate({ adminUrl: url, serviceUrl: url })).rejects.toThrow('must not log in as double');
    await query(server.superuserUrl, 'drop database double');
    await query(server.superuserUrl, 'drop role double');
  },
);

it(
  'makes the role of the service once for databases that are migrated at the same moment',
  { timeout: 60_000 },
  async () => {
    const databases = await Promise.all(['one', 'two', 'three'].map((name) => server.createDatabase(name)));
    const runs = await Promise.all(databases.map((database) => migrate(database)));
    const all = [...MIGRATIONS.keys()];
    expect(runs.map(({ applied }) => applied)).toEqual([all, all, all]);
    for (const { serviceUrl } of databases) {
      expect(await query(serviceUrl, 'select from audit_events')).toEqual([]);
    }
  },
);
