import { createHmac } from 'node:crypto';
import { requireSubjectKey, type SubjectKey } from './subject-ref.ts';

/** What no two processes on one database may differ in. */
export interface Deployment {
  readonly region: string;
  readonly subjectKey: SubjectKey;
}

/** The one row of the table `deployment`: whose database it is. */
export interface DeploymentRow {
  readonly region: string;
  readonly subject_key_check: string;
}

/** No object id, so this is no user's reference. */
const LABEL = 'lkps: the subject key of this database';

/** @throws RangeError for a key that is too short. */
export function toDeploymentRow({ region, subjectKey }: Deployment): DeploymentRow {
  return { region, subject_key_check: fingerprint(subjectKey) };
}

/** In what two deployments differ; empty where they are the same. */
export function differencesOf(one: DeploymentRow, other: DeploymentRow): readonly (keyof Deployment)[] {
  return [
    ...(one.region === other.region ? [] : (['region'] as const)),
    ...(one.subject_key_check === other.subject_key_check ? [] : (['subjectKey'] as const)),
  ];
}

function fingerprint(key: SubjectKey): string {
  return createHmac('sha256', requireSubjectKey(key)).update(LABEL).digest('hex');
}
