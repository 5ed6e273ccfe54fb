import { KnexAuditStore, openDatabase } from '../adapters/persistence-knex/index.ts';
import type { AuditJournal } from '../core/index.ts';
import { checkedDatabase, type CheckedDatabase } from './checked-database.ts';
import { requireFitDatabase } from './fit-database.ts';
import type { Secret } from './secret.ts';
import { VERSION } from './version.ts';

export interface StartedDatabaseOptions {
  readonly region: string;
  readonly secrets: { readonly databaseUrl: Secret; readonly subjectKey: Secret };
  readonly maxConnections: number;
  /** What of the platform starts, where that is not the service. */
  readonly part?: 'gateway';
  /** Asked for once the database has shown to be fit. */
  readonly journal: () => AuditJournal;
}

/** The database of a process that has to be fit for it, and that puts its start on record there before anything else. */
export function startedDatabase({
  region,
  secrets,
  maxConnections,
  part,
  journal,
}: StartedDatabaseOptions): CheckedDatabase {
  const subjectKey = secrets.subjectKey.revealBytes();
  const deployment = { region, subjectKey };
  const opened = openDatabase({ url: secrets.databaseUrl.reveal(), maxConnections, deployment });
  return checkedDatabase(opened, async () => {
    await requireFitDatabase(opened, deployment, 'service');
    const details = { version: VERSION, ...(part === undefined ? {} : { part }) };
    const audit = new KnexAuditStore({ db: opened, subjectKey });
    await audit.append([journal().event('service.started', 'allowed', { details })]);
  });
}
