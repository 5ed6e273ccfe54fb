import knex, { type Knex } from 'knex';
import { MIGRATIONS, MIGRATIONS_TABLE } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import { MigrationError } from './migration-error.ts';
import type { Database } from './open-database.ts';
import { ensureServiceRole, grantServiceRole, requireServiceLogin } from './service-role.ts';
import { nameFailure } from './unavailable.ts';

/** Any number nobody else locks in this database. */
const MIGRATION_LOCK = 5_042_001;

const CONFIG: Knex.MigratorConfig = {
  tableName: MIGRATIONS_TABLE,
  migrationSource: {
    getMigrations: () => Promise.resolve([...MIGRATIONS.keys()]),
    getMigrationName: (name: string) => name,
    getMigration: (name: string) => Promise.resolve(getMigration(name)),
  },
};

/** knex prints what the server says before anyone could decide what may be shown. */
const SILENT: Knex.Logger = {
  warn: () => undefined,
  error: () => undefined,
  debug: () => undefined,
  deprecate: () => undefined,
};

/** Does nothing for a month that has its partition. */
const PARTITIONS_AHEAD = `
  select lkps_create_audit_partition((now() at time zone 'utc' + make_interval(months => n))::date)
  from generate_series(0, 24) as n`;

export interface MigrateInput {
  /** As the schema's owner (`LKPS_DATABASE_ADMIN_URL`). */
  readonly adminUrl: string;
  /** The login in it is given the service's privileges. */
  readonly serviceUrl?: string;
}

/**
 * Brings the schema up to date, and the partitions of the audit trail to two years ahead; safe to run from several places
 * at once. Answers the migrations that ran.
 */
export function migrate({
  adminUrl,
  serviceUrl,
}: MigrateInput): Promise<{ readonly applied: readonly string[] }> {
  return exclusively(adminUrl, async (trx) => {
    const login = serviceUrl === undefined ? undefined : loginOf(serviceUrl);
    if (login !== undefined) {
      await requireServiceLogin(trx, login);
    }
    await ensureServiceRole(trx);
    const applied = await runBatch(trx.migrate.latest(CONFIG));
    await trx.raw(PARTITIONS_AHEAD);
    if (login !== undefined) {
      await grantServiceRole(trx, login);
    }
    return { applied };
  });
}

/** Takes the whole schema away, with all data: for tests of the migrations. */
export function rollback({ adminUrl }: Pick<MigrateInput, 'adminUrl'>): Promise<{
  readonly reverted: readonly string[];
}> {
  return exclusively(adminUrl, async (trx) => ({
    reverted: await runBatch(trx.migrate.rollback(CONFIG, true)),
  }));
}

/** What this version of the service expects and the database has not: the service does not start before it is empty. */
export function pendingMigrations(db: Database): Promise<readonly string[]> {
  return db.transact('migrations were not read', async (trx) => {
    const { rows } = await trx.raw<{ rows: readonly { readonly present: boolean }[] }>(
      'select to_regclass(?) is not null as present',
      [MIGRATIONS_TABLE],
    );
    const present = rows[0]?.present === true;
    const done = present ? await trx<{ readonly name: string }>(MIGRATIONS_TABLE).select('name') : [];
    const names = new Set(done.map(({ name }) => name));
    return [...MIGRATIONS.keys()].filter((name) => !names.has(name));
  });
}

/** One transaction under one lock: a run that crashes leaves neither half a schema nor a lock behind. */
async function exclusively<T>(adminUrl: string, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  const db = knex({
    client: 'pg',
    connection: adminUrl,
    pool: { min: 0, max: 1 },
    acquireConnectionTimeout: 10_000,
    log: SILENT,
  });
  try {
    return await db.transaction(async (trx) => {
      await trx.raw('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
      return work(trx);
    });
  } catch (error) {
    throw error instanceof MigrationError
      ? error
      : new MigrationError(`the schema was not changed: ${nameFailure(error)}`, { cause: error });
  } finally {
    await db.destroy();
  }
}

/** knex answers `[batch number, names]`. */
async function runBatch(run: Promise<unknown>): Promise<readonly string[]> {
  const answer = await run;
  const names: unknown = Array.isArray(answer) ? answer[1] : undefined;
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

function getMigration(name: string): Migration {
  const migration = MIGRATIONS.get(name);
  if (migration === undefined) {
    throw new MigrationError(`the database has run ${name}, which this version does not know`);
  }
  return migration;
}

function loginOf(url: string): string {
  const login = decodeURIComponent(new URL(url).username);
  if (login === '') {
    throw new MigrationError("the service's database URL names no login");
  }
  return login;
}
