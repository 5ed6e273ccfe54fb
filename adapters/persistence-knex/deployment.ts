import { createHmac } from 'node:crypto';
import type { Database, Transaction } from './open-database.ts';
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
 * In what this deployment differs from the one that the database belongs to; a database that belongs to none is this
 * one's from now on. Of several that ask at once, one has it.
 *
 * @throws LkpsError `audit_unavailable`
 */
export function deploymentMismatch(
  db: Database,
  { region, subjectKey }: Deployment,
): Promise<readonly (keyof Deployment)[]> {
  const row = { region, subject_key_check: fingerprint(subjectKey) };
  return db.transact('whose database this is was not read', async (trx) => {
    const owner = (await ownerIn(trx)) ?? (await claim(trx, row));
    return [
      ...(owner?.region === row.region ? [] : (['region'] as const)),
      ...(owner?.subject_key_check === row.subject_key_check ? [] : (['subjectKey'] as const)),
    ];
  });
}

function ownerIn(trx: Transaction): Promise<DeploymentRow | undefined> {
  return trx<DeploymentRow>('deployment').first('region', 'subject_key_check');
}

/** Read again: somebody else may have been first. */
async function claim(trx: Transaction, row: DeploymentRow): Promise<DeploymentRow | undefined> {
  await trx<DeploymentRow>('deployment').insert(row).onConflict().ignore();
  return ownerIn(trx);
}

function fingerprint(key: SubjectKey): string {
  return createHmac('sha256', requireSubjectKey(key)).update(LABEL).digest('hex');
}
