import type { Logger } from 'pino';
import { createHttpHandler, type HttpHandler } from '../adapters/http/index.ts';
import { KnexAuditStore, openDatabase } from '../adapters/persistence-knex/index.ts';
import type { AuditJournal } from '../core/index.ts';
import { checkedDatabase, type CheckedDatabase } from './checked-database.ts';
import type { ServeConfig } from './config.ts';
import { buildContainer, PORTS } from './container.ts';
import { requireFitDatabase } from './fit-database.ts';
import { httpLog } from './logger.ts';
import { openDirectory } from './open-directory.ts';
import { systemClock } from './system-clock.ts';
import { VERSION } from './version.ts';

/** Everything but the host. */
export interface Platform {
  readonly handler: HttpHandler;
  /** Used only once it has shown to be fit; whoever runs the host closes it. */
  readonly database: CheckedDatabase;
}

export interface PlatformOptions extends ServeConfig {
  readonly warnings: readonly string[];
  readonly logger: Logger;
}

/** Connects to nothing yet: {@link CheckedDatabase.checked} tells whether the database is there and fit. */
export async function openPlatform({
  config,
  secrets,
  warnings,
  logger,
}: PlatformOptions): Promise<Platform> {
  warnOfRisks(warnings, logger);
  const directory = await openDirectory({ config, secrets }, systemClock);
  const subjectKey = secrets.subjectKey.revealBytes();
  const deployment = { region: config.region, subjectKey };
  const url = secrets.databaseUrl.reveal();
  const opened = openDatabase({ url, maxConnections: config.databasePool, deployment });
  const database = checkedDatabase(opened, async () => {
    await requireFitDatabase(opened, deployment, 'service');
    const audit = new KnexAuditStore({ db: opened, subjectKey });
    await audit.append([started(container.resolve(PORTS.journal))]);
  });
  const log = httpLog(logger);
  const container = buildContainer({ config, secrets, database, directory, log, version: VERSION });
  return { handler: createHttpHandler(container.resolve(PORTS.service)), database };
}

function started(journal: AuditJournal): ReturnType<AuditJournal['event']> {
  return journal.event('service.started', 'allowed', { details: { version: VERSION } });
}

/** Said at every start, however little is logged otherwise. */
function warnOfRisks(warnings: readonly string[], logger: Logger): void {
  const insistent = logger.child({}, { level: 'warn' });
  for (const warning of warnings) {
    insistent.warn(warning);
  }
}
