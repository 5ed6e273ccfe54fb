import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import { getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { FileApplicationDirectory } from '../adapters/directory-file/index.ts';
import { platformApp } from '../adapters/http-koa/index.ts';
import { createHttpHandler } from '../adapters/http/index.ts';
import {
  canChangeAuditTrail,
  migrate,
  openDatabase,
  pendingMigrations,
  type Database,
} from '../adapters/persistence-knex/index.ts';
import type { Config, Secrets, ServeConfig } from './config.ts';
import { buildContainer, PORTS } from './container.ts';
import { livekitPool } from './livekit-pool.ts';
import { createLogger, httpLog } from './logger.ts';
import { StartError } from './start-error.ts';
import { VERSION } from './version.ts';

/** A request in flight when the process is told to stop has this long. */
const DRAIN_MS = 10_000;
/** Node looks for slow requests every half minute unless told otherwise. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 20_000, connectionsCheckingInterval: 2_000 };

export interface RunningService {
  readonly port: number;
  /** Stops taking requests, lets those in flight finish, then closes what was opened. Idempotent. */
  stop(): Promise<void>;
}

/** Runs the platform as a process of its own. Rejects, with nothing left open, when anything it needs is not there. */
export async function serve({
  config,
  secrets,
  warnings,
}: ServeConfig & { readonly warnings: readonly string[] }): Promise<RunningService> {
  const logger = createLogger(config);
  warnOfRisks(warnings, logger);
  setGlobalDispatcher(livekitPool()); // the SDK's calls go through the global fetch
  const directory = await FileApplicationDirectory.open(config.directoryFile);
  await migrateIfAsked(config, secrets, logger);
  const database = openDatabase({ url: secrets.databaseUrl.reveal(), maxConnections: config.databasePool });
  try {
    await requireCurrentSchema(database);
    await requireServiceRole(database);
    const container = buildContainer({
      config,
      secrets,
      database,
      directory,
      log: httpLog(logger),
      version: VERSION,
    });
    const started = container
      .resolve(PORTS.journal)
      .event('service.started', 'allowed', { details: { version: VERSION } });
    await container.resolve(PORTS.audit).append([started]);
    const answer = platformApp(createHttpHandler(container.resolve(PORTS.service))).callback();
    const server = createServer(
      TIMEOUTS,
      (request, response) => void answer(request, response), // Koa answers its own failures
    );
    await listen(server, config);
    logger.info({ port: config.port, version: VERSION }, 'serving');
    return { port: config.port, stop: once(() => stop(server, database, logger)) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Said at every start, however little is logged otherwise. */
function warnOfRisks(warnings: readonly string[], logger: Logger): void {
  const insistent = logger.child({}, { level: 'warn' });
  for (const warning of warnings) {
    insistent.warn(warning);
  }
}

async function migrateIfAsked(config: Config, secrets: Secrets, logger: Logger): Promise<void> {
  if (config.migrateAtStart && secrets.databaseAdminUrl !== undefined) {
    const adminUrl = secrets.databaseAdminUrl.reveal();
    const { applied } = await migrate({ adminUrl, serviceUrl: secrets.databaseUrl.reveal() });
    logger.info({ applied }, 'migrated');
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

function listen(server: Server, { port, host }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const why = 'code' in error ? String(error.code) : error.name;
      reject(new StartError(`cannot listen on ${host}:${port} (LKPS_HOST, LKPS_PORT): ${why}`));
    });
    server.listen({ port, host }, resolve);
  });
}

async function stop(server: Server, database: Database, logger: Logger): Promise<void> {
  logger.info('stopping');
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  const deadline = setTimeout(() => {
    server.closeAllConnections();
  }, DRAIN_MS);
  await closed;
  clearTimeout(deadline);
  await database.close();
  await getGlobalDispatcher().close();
  logger.info('stopped');
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= run());
}
