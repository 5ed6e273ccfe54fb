import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  migrate,
  openDatabase,
  pendingMigrations,
  rollback,
} from '../../../adapters/persistence-knex/index.ts';
import {
  createEmptyDatabase,
  query,
  withConnection,
  type TestDatabase,
} from '../../support/postgres-database.ts';

const ALL = [
  '0001_agents',
  '0002_sessions',
  '0003_audit',
  '0004_service_privileges',
  '0005_client_authorization',
  '0006_cut_offs',
  '0007_open_sessions',
  '0008_deployment',
  '0009_workers',
];

describe('migrations', { timeout: 90_000 }, () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createEmptyDatabase();
  });
  afterEach(() => database.drop());

  it('go up, down to nothing, and up to the same schema', async () => {
    expect(await migrate(database)).toEqual({ applied: ALL });
    const schema = await schemaOf(database);
    expect(await migrate(database)).toEqual({ applied: [] });
    expect(await rollback(database)).toEqual({ reverted: [...ALL].reverse() });
    expect((await schemaOf(database)).filter((line) => !line.includes('lkps_migrations'))).toEqual([]);
    expect(await migrate(database)).toEqual({ applied: ALL });
    expect(await schemaOf(database)).toEqual(schema);
  });

  it('run once when several processes start at the same moment', async () => {
    const runs = await Promise.all([migrate(database), migrate(database), migrate(database)]);
    expect(runs.flatMap(({ applied }) => applied)).toEqual(ALL);
  });

  it('are all or none, and a run that dies locks nobody out', async () => {
    await query(database.adminUrl, 'create table audit_subjects ()');
    await expect(migrate(database)).rejects.toThrow('SQLSTATE 42P07');
    expect(await query(database.adminUrl, `select to_regclass('agents') as there`)).toEqual([
      { there: null },
    ]);

    await query(database.adminUrl, 'drop table audit_subjects');
    expect(await dyingRun(database)).toEqual({ applied: ALL });
  });

  it('make the partitions of the audit trail for two years ahead, every time', async () => {
    const partitions = `select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'audit_events'::regclass order by 1`;
    await migrate(database);
    const made = await query<{ relname: string }>(database.adminUrl, partitions);
    expect(made).toHaveLength(25 + 1);
    for (const { relname } of made.slice(-4, -1)) {
      await query(database.adminUrl, `drop table ${relname}`);
    }
    expect(await migrate(database)).toEqual({ applied: [] });
    expect(await query(database.adminUrl, partitions)).toEqual(made);
  });

  it('are pending until they have run, also as the service sees it', async () => {
    const before = openDatabase({ url: database.serviceUrl });
    expect(await pendingMigrations(before)).toEqual(ALL);
    await migrate(database);
    expect(await pendingMigrations(before)).toEqual([]);
    await query(database.adminUrl, `delete from lkps_migrations where name = '0003_audit'`);
    expect(await pendingMigrations(before)).toEqual(['0003_audit']);
    await before.close();
  });

  it('give the login of the service its role, and refuse one that owns the schema or does not exist', async () => {
    const owner = { adminUrl: database.adminUrl, serviceUrl: database.adminUrl };
    await expect(migrate(owner)).rejects.toThrow('must not log in as');
    await expect(migrate({ ...database, serviceUrl: database.superuserUrl })).rejects.toThrow(
      'must not log in as',
    );
    const stranger = Object.assign(new URL(database.serviceUrl), { username: 'no_such_login' }).href;
    await expect(migrate({ ...database, serviceUrl: stranger })).rejects.toThrow(
      'create role "no_such_login"',
    );
    const nobody = Object.assign(new URL(database.serviceUrl), { username: '', password: '' }).href;
    await expect(migrate({ ...database, serviceUrl: nobody })).rejects.toThrow('names no login');
    await migrate(database);
    expect(await query(database.serviceUrl, 'select count(*)::int as rows from audit_events')).toEqual([
      { rows: 0 },
    ]);
  });
});

/** Two runs, of which the first holds the lock, is in the middle of its work, and loses its connection. */
function dyingRun(database: TestDatabase): ReturnType<typeof migrate> {
  return withConnection(database.adminUrl, async (client) => {
    await client.query('begin; create table agents ()');
    const first = migrate(database).catch((error: unknown) => error);
    await untilWaiting(database, 1);
    const second = migrate(database);
    await untilWaiting(database, 2);
    await query(
      database.superuserUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock' and wait_event <> 'advisory'`,
    );
    expect(await first).toBeInstanceOf(Error);
    await client.query('rollback');
    return second;
  });
}

async function untilWaiting({ superuserUrl }: TestDatabase, runs: number): Promise<void> {
  const sql = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await expect.poll(async () => (await query(superuserUrl, sql)).length, { timeout: 15_000 }).toBe(runs);
}

/** Every column, index, trigger, function and privilege, as text. */
async function schemaOf({ adminUrl }: TestDatabase): Promise<readonly string[]> {
  const rows = await query<{ line: string }>(
    adminUrl,
    `select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) as line
       from information_schema.columns where table_schema = 'public'
     union all select indexdef from pg_indexes where schemaname = 'public'
     union all select concat_ws(' ', tgrelid::regclass, tgname, tgtype) from pg_trigger where not tgisinternal
     union all select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace
     union all select concat_ws(' ', relname, relacl::text) from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
     order by line`,
  );
  return rows.map(({ line }) => line);
}
