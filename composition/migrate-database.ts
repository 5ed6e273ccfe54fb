import { databaseTarget, migrate, MigrationError } from '../adapters/persistence-knex/index.ts';
import type { Secret } from './secret.ts';
import { StartError } from './start-error.ts';

export interface Migrated {
  /** The migrations that ran. */
  readonly applied: readonly string[];
  /** Which database, and where, in words: `lkps at db.internal:5432`. */
  readonly database: string;
}

/**
 * Brings the schema up to date, as its owner.
 *
 * @throws StartError, naming the variable, where the owner's connection failed or leads to another database than the
 * service's; MigrationError for everything else.
 */
export async function migrateDatabase(urls: {
  readonly adminUrl: Secret;
  readonly serviceUrl: Secret;
}): Promise<Migrated> {
  const adminUrl = urls.adminUrl.reveal();
  const serviceUrl = urls.serviceUrl.reveal();
  const target = databaseTarget(adminUrl);
  const ofService = databaseTarget(serviceUrl);
  // Neither is said: of a connection string that is written wrongly, it may be a part of the password.
  if (target !== undefined && ofService !== undefined && target.database !== ofService.database) {
    throw new StartError(
      'LKPS_DATABASE_URL, LKPS_DATABASE_ADMIN_URL: name two different databases; nothing was migrated',
    );
  }
  try {
    const { applied } = await migrate({ adminUrl, serviceUrl });
    const database =
      target === undefined ? 'the database' : `${target.database} at ${target.host}:${target.port}`;
    return { applied, database };
  } catch (error) {
    throw error instanceof MigrationError && error.cause !== undefined
      ? new StartError(`LKPS_DATABASE_ADMIN_URL: ${error.message}`)
      : error;
  }
}
