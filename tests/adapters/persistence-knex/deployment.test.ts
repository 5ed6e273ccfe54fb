import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  claimDeployment,
  deploymentMismatch,
  openDatabase,
  type Database,
} from '../../../adapters/persistence-knex/index.ts';
import { createTestDatabase, query, type TestDatabase } from '../../support/postgres-database.ts';

describe('whose database it is', () => {
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
