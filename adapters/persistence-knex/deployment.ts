import { differencesOf, toDeploymentRow, type Deployment, type DeploymentRow } from './deployment-row.ts';
import type { Database } from './open-database.ts';

/**
 * Makes a database that belongs to nobody this deployment's. Of several that claim it at once, one has it.
 *
 * @throws LkpsError `audit_unavailable`
 */
export function claimDeployment(db: Database, deployment: Deployment): Promise<void> {
  return db.transact('whose database this is was not written', async (trx) => {
    await trx<DeploymentRow>('deployment').insert(toDeploymentRow(deployment)).onConflict().ignore();
  });
}

/**
 * In what this deployment differs from the one that the database belongs to; undefined where it belongs to nobody.
 *
 * @throws LkpsError `audit_unavailable`
 */
export async function deploymentMismatch(
  db: Database,
  deployment: Deployment,
): Promise<readonly (keyof Deployment)[] | undefined> {
  const [owner] = await db.read('whose database this is was not read', (on) =>
    on<DeploymentRow>('deployment').select('region', 'subject_key_check'),
  );
  return owner && differencesOf(owner, toDeploymentRow(deployment));
}
