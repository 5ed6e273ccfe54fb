import { canChangeAuditTrail, pendingMigrations, type Database } from '../adapters/persistence-knex/index.ts';
import { StartError } from './start-error.ts';

/** @throws StartError, in words for the operator, where the schema is not this version's or the login may do too much. */
export async function requireFitDatabase(database: Database): Promise<void> {
  await requireCurrentSchema(database);
  await requireServiceRole(database);
}

async function requireCurrentSchema(database: Database): Promise<void> {
  const pending = await pendingMigrations(database);
  if (pending.length > 0) {
    throw new StartError(`the database lacks ${pending.join(', ')}: run \`lkps migrate\` first`);
  }
}

/** The trail is append-only for the service's role, not for the owner of the schema. */
async function requireServiceRole(database: Database): Promise<void> {
  if (await canChangeAuditTrail(database)) {
    throw new StartError(
      'LKPS_DATABASE_URL logs in as a role that can change the audit trail: use the service login, not the owner',
    );
  }
}
