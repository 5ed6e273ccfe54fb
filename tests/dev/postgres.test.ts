import { existsSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type Postgres } from '../../dev/postgres/server.ts';
import { alive, runUntilFirstLine } from './processes.ts';

async function query(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function dataDirectory(superuserUrl: string): Promise<string> {
  const [row] = await query(superuserUrl, 'SHOW data_directory');
  return String(row?.['data_directory']);
}

describe('embedded PostgreSQL', () => {
  let postgres: Postgres;

  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  it('commits durably, on loopback only', async () => {
    const [settings] = await query(
      postgres.superuserUrl,
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
              current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets`,
    );
    expect(settings).toEqual({ fsync: 'on', commit: 'on', addresses: '127.0.0.1', sockets: '' });
  });

  it('gives the owner its database and the service nothing', async () => {
    await query(postgres.adminUrl, 'CREATE TABLE owned (id int)');
    await expect(query(postgres.serviceUrl, 'SELECT * FROM owned')).rejects.toThrow(/permission denied/);
    await expect(query(postgres.serviceUrl, 'CREATE TABLE mine (id int)')).rejects.toThrow(
      /permission denied/,
    );
    const roles = await query(
      postgres.superuserUrl,
      `SELECT rolname AS name, rolsuper AS super, rolcreaterole AS roles, rolcreatedb AS databases
         FROM pg_roles WHERE rolname LIKE 'lkps%' ORDER BY 1`,
    );
    expect(roles).toEqual([
      { name: 'lkps_app', super: false, roles: false, databases: false },
      { name: 'lkps_owner', super: false, roles: true, databases: false },
    ]);
  });

  it('refuses a wrong password', async () => {
    const url = new URL(postgres.serviceUrl);
    url.password = 'wrong';
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('makes further databases that do not see each other', async () => {
    const [one, two] = await Promise.all([postgres.createDatabase('one'), postgres.createDatabase('two')]);
    await query(one.adminUrl, 'CREATE TABLE only_here (id int)');
    await expect(query(two.adminUrl, 'SELECT * FROM only_here')).rejects.toThrow(/does not exist/);
  });

  it('comes back with its data after a crash', async () => {
    await query(postgres.adminUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await postgres.child.kill();
    await expect(query(postgres.serviceUrl, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
    await postgres.start();
    expect(await query(postgres.adminUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });
});

describe('the end of embedded PostgreSQL', () => {
  it('leaves no process and no file, and the next start removes what a killed one left', async () => {
    const orphan = await runUntilFirstLine(new URL('./fixtures/orphaned-postgres.ts', import.meta.url));
    const [pid = '', url = ''] = orphan.line.split(' ');
    const left = await dataDirectory(url);
    orphan.process.kill('SIGKILL');
    await expect.poll(() => alive([Number(pid)]), { timeout: 30_000 }).toEqual([]);

    const next = await startPostgres();
    expect(existsSync(left)).toBe(false);
    const own = await dataDirectory(next.superuserUrl);
    expect(existsSync(own)).toBe(true);
    await next.stop();
    expect(alive([next.child.pid])).toEqual([]);
    expect(existsSync(own)).toBe(false);
  });
});
