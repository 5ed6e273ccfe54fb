import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  claimDeployment,
  DatabaseProbe,
  deploymentMismatch,
  openDatabase,
  type Database,
  type Deployment,
} from '../../../adapters/persistence-knex/index.ts';
import { inTime } from '../../support/in-time.ts';
import {
  createEmptyDatabase,
  createTestDatabase,
  query,
  withConnection,
  type TestDatabase,
} from '../../support/postgres-database.ts';

describe('whose database it is', { timeout: 90_000 }, () => {
  const subjectKey = randomBytes(32);
  let urls: TestDatabase;
  let db: Database;
  beforeEach(async () => {
    urls = await createTestDatabase();
    db = openDatabase({ url: urls.serviceUrl });
  });
  afterEach(async () => {
    await db.close();
    await urls.drop();
  });

  it('is the first one to claim it, for good: every other region and key is told', async () => {
    const own = { region: 'eu', subjectKey };
    const strangers = { region: 'us', subjectKey: randomBytes(32) };
    await claimDeployment(db, own);
    await claimDeployment(db, strangers);
    expect(await deploymentMismatch(db, own)).toEqual([]);
    expect(await deploymentMismatch(db, { ...own, region: 'us' })).toEqual(['region']);
    expect(await deploymentMismatch(db, { ...strangers, region: 'eu' })).toEqual(['subjectKey']);
    expect(await deploymentMismatch(db, strangers)).toEqual(['region', 'subjectKey']);
    await query(urls.adminUrl, 'delete from deployment');
    await claimDeployment(db, strangers);
    expect(await deploymentMismatch(db, strangers)).toEqual([]);
    expect(await deploymentMismatch(db, own)).toEqual(['region', 'subjectKey']);
  });

  it("is nobody's until then, however often it is asked", async () => {
    for (const region of ['eu', 'us']) {
      expect(await deploymentMismatch(db, { region, subjectKey })).toBeUndefined();
    }
    expect(await query(urls.adminUrl, 'select from deployment')).toEqual([]);
  });

  it('is one of those who claim it at the same moment, and all the others are told', async () => {
    const claims = ['eu', 'us', 'in', 'br', 'za', 'jp'].map((region) => ({ region, subjectKey }));
    await Promise.all(claims.map((claim) => claimDeployment(db, claim)));
    const told = await Promise.all(claims.map((claim) => deploymentMismatch(db, claim)));
    expect(told.filter((mismatch) => mismatch?.length === 0).length).toBe(1);
    expect(await query(urls.adminUrl, 'select 1 as one from deployment')).toEqual([{ one: 1 }]);
  });

  it('never holds the key, and is not the service to change', async () => {
    await claimDeployment(db, { region: 'eu', subjectKey });
    const [row] = await query<{ row: string }>(
      urls.adminUrl,
      'select deployment::text as row from deployment',
    );
    for (const encoding of ['hex', 'base64', 'utf8'] as const) {
      expect(row?.row).not.toContain(subjectKey.toString(encoding));
    }
    const changes = ["update deployment set region = 'us'", 'delete from deployment', 'truncate deployment'];
    for (const change of changes) {
      await expect(query(urls.serviceUrl, change)).rejects.toMatchObject({ code: '42501' });
    }
    const second = "insert into deployment (is_only, region, subject_key_check) values (false, 'us', 'x')";
    await expect(query(urls.serviceUrl, second)).rejects.toMatchObject({ code: '23514' });
  });
});

describe('connections of a deployment', { timeout: 90_000 }, () => {
  const own = { region: 'eu', subjectKey: randomBytes(32) };
  const others = [
    ['region', { ...own, region: 'canary-us' }],
    ['subject key', { ...own, subjectKey: randomBytes(32) }],
  ] as const;
  const closings: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closings.splice(0).reverse()) {
      await close();
    }
  });
  async function make(kind: typeof createTestDatabase): Promise<TestDatabase> {
    const urls = await kind();
    closings.push(urls.drop);
    return urls;
  }
  function connect({ serviceUrl: url }: TestDatabase, deployment?: Deployment): Database {
    const db = openDatabase({ url, maxConnections: 1, ...(deployment === undefined ? {} : { deployment }) });
    closings.push(() => db.close());
    return db;
  }
  const one = (db: Database): Promise<unknown> =>
    db.transact('nothing was asked', async (trx) => {
      await trx.raw('select 1');
    });
  const connections = (urls: TestDatabase): Promise<readonly unknown[]> =>
    query(
      urls.superuserUrl,
      "select pid from pg_stat_activity where datname = current_database() and application_name = 'lkps'",
    );

  it.each(others)('are refused and closed where they lead to one of another %s', async (what, other) => {
    const urls = await make(createTestDatabase);
    await claimDeployment(connect(urls, other), other);
    const db = connect(urls, own);
    const refused = await one(db).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'audit_unavailable',
      message: `nothing was asked: the database belongs to a deployment of another ${what}`,
      cause: { name: 'ForeignDatabase' },
    });
    expect(await new DatabaseProbe({ db }).isHealthy()).toBe(false);
    await expect.poll(() => connections(urls), { timeout: 10_000 }).toHaveLength(1);
  });

  it('are let through to its own, to one of nobody, and to one without tables', async () => {
    const claimed = await make(createTestDatabase);
    await claimDeployment(connect(claimed), own);
    await one(connect(claimed, own));
    await one(connect(await make(createTestDatabase), own));
    await one(connect(await make(createEmptyDatabase), own));
  });

  it('are asked once each, not with every transaction', async () => {
    const urls = await make(createTestDatabase);
    const db = connect(urls, own);
    await claimDeployment(db, own);
    await query(urls.adminUrl, "update deployment set region = 'us'");
    await one(db);
    await query(
      urls.superuserUrl,
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'lkps'",
    );
    await expect.poll(() => one(db).catch(String), { timeout: 10_000 }).toContain('another region');
  });

  it('are given up within 2 s where whose it is cannot be read, and nothing is done on them', async () => {
    const urls = await make(createTestDatabase);
    const db = connect(urls, own);
    await withConnection(urls.superuserUrl, async (other) => {
      await other.query('begin; lock table deployment in access exclusive mode');
      await expect(inTime(2_000, () => one(db))).rejects.toMatchObject({ code: 'audit_unavailable' });
      await other.query('rollback');
    });
    await one(db);
  });

  it('need a subject key that is long enough from the beginning', () => {
    const deployment = { region: 'eu', subjectKey: randomBytes(31) };
    expect(() => openDatabase({ url: 'postgres://127.0.0.1:1/nowhere', deployment })).toThrow(RangeError);
  });
});
