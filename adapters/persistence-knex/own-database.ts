import { DatabaseError, type PoolClient } from 'pg';
import { differencesOf, toDeploymentRow, type Deployment, type DeploymentRow } from './deployment-row.ts';
import { ForeignDatabase } from './foreign-database.ts';

const UNDEFINED_TABLE = '42P01';

/**
 * Asks each connection once, before its first transaction, whose database it leads to: the address may have come to
 * mean another. A database that belongs to nobody yet, or has no tables yet, passes.
 *
 * @throws RangeError for a subject key that is too short. What it returns rejects with {@link ForeignDatabase}, or as
 * the connection fails.
 */
export function onlyDatabaseOf(deployment: Deployment): (connection: PoolClient) => Promise<void> {
  const own = toDeploymentRow(deployment);
  const passed = new WeakSet<PoolClient>();
  return async (connection) => {
    if (passed.has(connection)) {
      return;
    }
    const owner = await ownerOf(connection);
    const differences = owner === undefined ? [] : differencesOf(owner, own);
    if (differences.length > 0) {
      throw new ForeignDatabase(differences);
    }
    passed.add(connection);
  };
}

async function ownerOf(connection: PoolClient): Promise<DeploymentRow | undefined> {
  try {
    const { rows } = await connection.query<DeploymentRow>(
      'select region, subject_key_check from deployment',
    );
    return rows[0];
  } catch (error) {
    if (error instanceof DatabaseError && error.code === UNDEFINED_TABLE) {
      return undefined;
    }
    throw error;
  }
}
