import {
  canChangeAuditTrail,
  claimDeployment,
  deploymentMismatch,
  ForeignDatabase,
  pendingMigrations,
  type Database,
  type Deployment,
} from '../adapters/persistence-knex/index.ts';
import { LkpsError } from '../core/index.ts';
import { StartError } from './start-error.ts';

/**
 * A service makes a database on which none has run its deployment's; an operator's command never does.
 *
 * @throws StartError, in words for the operator, where the schema is not this version's, the login may do too much, or
 * the records are another deployment's.
 * @throws LkpsError `audit_unavailable`
 */
export async function requireFitDatabase(
  database: Database,
  deployment: Deployment,
  by: 'service' | 'command',
): Promise<void> {
  await requireConnection(database);
  await requireCurrentSchema(database);
  await requireServiceRole(database);
  await (by === 'service' ? claimDeployment(database, deployment) : undefined);
  await requireSameDeployment(database, deployment);
}

/** Where connections to another deployment's database are refused, this is the first one. */
async function requireConnection(database: Database): Promise<void> {
  try {
    await database.transact('the database cannot be reached (LKPS_DATABASE_URL)', () => Promise.resolve());
  } catch (error) {
    throw error instanceof LkpsError && error.cause instanceof ForeignDatabase
      ? mismatched(error.cause.differences)
      : error;
  }
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

/** Rows of another key or region cannot be told from the others once they are in the trail. */
async function requireSameDeployment(database: Database, deployment: Deployment): Promise<void> {
  const mismatch = await deploymentMismatch(database, deployment);
  if (mismatch === undefined) {
    throw new StartError("the database in LKPS_DATABASE_URL is no service's yet: start the service first");
  }
  if (mismatch.length > 0) {
    throw mismatched(mismatch);
  }
}

function mismatched(differences: readonly (keyof Deployment)[]): StartError {
  return new StartError(differences.map((what) => MISMATCH[what]).join('; '));
}

const MISMATCH: Readonly<Record<keyof Deployment, string>> = {
  region: 'LKPS_REGION: the database in LKPS_DATABASE_URL belongs to another region',
  subjectKey:
    'LKPS_SUBJECT_KEY: is not the key that the database in LKPS_DATABASE_URL was first used with, which never changes',
};
