import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseProbe, openDatabase } from '../../../adapters/persistence-knex/index.ts';
import { inTime } from '../../support/in-time.ts';
import {
  createEmptyDatabase,
  createTestDatabase,
  query,
  type TestDatabase,
} from '../../support/postgres-database.ts';

/** What happens while the server does not answer is in deadlines.test.ts. */
describe('the database probe', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('finds a migrated database healthy', async () => {
    expect(await isHealthy(database)).toBe(true);
  });

  it('finds one without a schema not healthy', async () => {
    const empty = await createEmptyDatabase();
    expect(await isHealthy(empty)).toBe(false);
    await empty.drop();
  });

  it('waits two seconds at most, whatever the database does before it answers', async () => {
    const hang = (): Promise<never> => new Promise(() => undefined);
    const hanging = { read: hang, transact: hang, close: () => Promise.resolve() };
    expect(await inTime(3_000, () => new DatabaseProbe({ db: hanging }).isHealthy())).toBe(false);
  });

  it('is not healthy where this role may not write the audit trail', async () => {
    await query(database.adminUrl, 'revoke insert on audit_events from lkps_service');
    expect(await isHealthy(database)).toBe(false);
    await query(database.adminUrl, 'grant insert on audit_events to lkps_service');
    expect(await isHealthy(database)).toBe(true);
  });

  it('is not healthy where the database takes no writes', async () => {
    const name = new URL(database.adminUrl).pathname.slice(1);
    await query(database.adminUrl, `alter database ${name} set default_transaction_read_only = on`);
    expect(await isHealthy(database)).toBe(false);
  });
});

async function isHealthy({ serviceUrl }: TestDatabase): Promise<boolean> {
  const db = openDatabase({ url: serviceUrl });
  try {
    return await new DatabaseProbe({ db }).isHealthy();
  } finally {
    await db.close();
  }
}
