import { createHmac } from 'node:crypto';
import type { Database } from './open-database.ts';
import { requireSubjectKey, type SubjectKey } from './subject-ref.ts';

/** What no two processes on one database may differ in. */
export interface Deployment {
  readonly region: string;
  readonly subjectKey: SubjectKey;
}

interface DeploymentRow {
  readonly region: string;
  readonly subject_key_check: string;
}

/** No object id, so this is no user's reference. */
const LABEL = 'lkps: the subject key of this database';

/**
 * Makes a database that belongs to nobody this deployment's. Of several that claim it at once, one has it.
 *
 * @throws LkpsError `audit_unavailable`
 */
export function claimDeployment(db: Database, deployment: Deployment): Promise<void> {
  return db.transact('whose database this is was not written', async (trx) => {
    await trx<DeploymentRow>('deployment').insert(toRow(deployment)).onConflict().ignore();
  });
}

/**
 * In what this deployment differs from the one that the database belongs to; undefined where it belongs to nobody.
 *
 * @throws LkpsError `audit_unavailable`
 */
export function deploymentMismatch(
  db: Database,
  deployment: Deployment,
): Promise<readonly (keyof Deployment)[] | undefined> {
  const row = toRow(deployment);
  return db.transact('whose database this is was not read', async (trx) => {
    const owner = await trx<DeploymentRow>('deployment').first('region', 'subject_key_check');
    return (
      owner && [
        ...(owner.region === row.region ? [] : (['region'] as const)),
        ...(owner.subject_key_check === row.subject_key_check ? [] : (['subjectKey'] as const)),
      ]
    );
  });
}

function toRow({ region, subjectKey }: Deployment): DeploymentRow {
  return { region, subject_key_check: fingerprint(subjectKey) };
}

function fingerprint(key: SubjectKey): string {
  return createHmac('sha256', requireSubjectKey(key)).update(LABEL).digest('hex');
}
