import { migrate, MigrationError } from '../adapters/persistence-knex/index.ts';
import type { Secret } from './secret.ts';
import { StartError } from './start-error.ts';

/**
 * Brings the schema up to date, as its owner; answers the migrations that ran.
 *
 * @throws StartError, naming the variable, where the owner's connection failed; MigrationError for everything else.
 */
export async function migrateDatabase(urls: {
  readonly adminUrl: Secret;
  readonly serviceUrl: Secret;
}): Promise<readonly string[]> {
  const { adminUrl, serviceUrl } = urls;
  try {
    const { applied } = await migrate({ adminUrl: adminUrl.reveal(), serviceUrl: serviceUrl.reveal() });
    return applied;
  } catch (error) {
    throw error instanceof MigrationError && error.cause !== undefined
      ? new StartError(`LKPS_DATABASE_ADMIN_URL: ${error.message}`)
      : error;
  }
}
