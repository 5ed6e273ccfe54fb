import { describe, expect, it } from 'vitest';
import { migrateDatabase } from '../../composition/migrate-database.ts';
import { operatorMessage } from '../../composition/operator-message.ts';
import { Secret } from '../../composition/secret.ts';
import { freePort } from '../../dev/process/free-port.ts';
import { createEmptyDatabase, query } from '../support/postgres-database.ts';

/** What the operator reads. */
const refusal = (adminUrl: string, serviceUrl: string): Promise<unknown> =>
  migrateDatabase({ adminUrl: new Secret(adminUrl), serviceUrl: new Secret(serviceUrl) }).catch(
    operatorMessage,
  );

describe('a migration that fails', () => {
  it('says which variable leads to a database that cannot be reached, and not where it is', async () => {
    const url = `postgres://canary:canary@127.0.0.1:${await freePort()}/canary`;
    expect(await refusal(url, url)).toBe('LKPS_DATABASE_ADMIN_URL: the schema was not changed: ECONNREFUSED');
  });

  it('says so too where the owner cannot log in, and blames no variable for what is the other’s', async () => {
    const database = await createEmptyDatabase();
    try {
      const wrong = Object.assign(new URL(database.adminUrl), {
        username: 'canary',
        password: 'canary',
      }).href;
      expect(await refusal(wrong, database.serviceUrl)).toMatch(
        /^LKPS_DATABASE_ADMIN_URL: the schema was not changed: login or password refused \(SQLSTATE 28P01 \w+\)$/,
      );
      expect(await refusal(database.adminUrl, database.adminUrl)).toMatch(/^the service must not log in as /);
      const nowhere = (url: string): string => Object.assign(new URL(url), { pathname: '/canary' }).href;
      expect(await refusal(nowhere(database.adminUrl), nowhere(database.serviceUrl))).toMatch(
        /^LKPS_DATABASE_ADMIN_URL: the schema was not changed: no such database \(SQLSTATE 3D000 \w+\)$/,
      );
    } finally {
      await database.drop();
    }
  });
});

describe('a migration', () => {
  it('is of one database: where the service would look into another, nothing is changed', async () => {
    const database = await createEmptyDatabase();
    try {
      const elsewhere = Object.assign(new URL(database.serviceUrl), { pathname: '/canary' }).href;
      expect(await refusal(database.adminUrl, elsewhere)).toBe(
        'LKPS_DATABASE_URL, LKPS_DATABASE_ADMIN_URL: name two different databases; nothing was migrated',
      );
      expect(await query(database.adminUrl, `select from pg_tables where schemaname = 'public'`)).toEqual([]);
    } finally {
      await database.drop();
    }
  });

  it('says which database it was, and where, and never who logged in', async () => {
    const database = await createEmptyDatabase();
    try {
      const { host, pathname } = new URL(database.adminUrl);
      const urls = {
        adminUrl: new Secret(database.adminUrl),
        serviceUrl: new Secret(database.serviceUrl.replace('127.0.0.1', 'localhost')),
      };
      const said = { database: `${pathname.slice(1)} at ${host}` };
      expect(await migrateDatabase(urls)).toMatchObject(said);
      expect(await migrateDatabase(urls)).toEqual({ ...said, applied: [] });
    } finally {
      await database.drop();
    }
  });
});
