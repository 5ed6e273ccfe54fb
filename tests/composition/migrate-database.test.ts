import { describe, expect, it } from 'vitest';
import { migrateDatabase } from '../../composition/migrate-database.ts';
import { operatorMessage } from '../../composition/operator-message.ts';
import { Secret } from '../../composition/secret.ts';
import { freePort } from '../../dev/process/free-port.ts';
import { createEmptyDatabase } from '../support/postgres-database.ts';

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
        /^LKPS_DATABASE_ADMIN_URL: the schema was not changed: SQLSTATE 28\w{3} \w+$/,
      );
      expect(await refusal(database.adminUrl, database.adminUrl)).toMatch(/^the service must not log in as /);
    } finally {
      await database.drop();
    }
  });
});
