import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { limitedServer, platformApp } from '../adapters/http-koa/index.ts';
import type { Database } from '../adapters/persistence-knex/index.ts';
import type { Config, Secrets, ServeConfig } from './config.ts';
import { livekitPool } from './livekit-pool.ts';
import { createLogger } from './logger.ts';
import { migrateDatabase } from './migrate-database.ts';
import { openPlatform } from './platform.ts';
import { StartError } from './start-error.ts';
import { VERSION } from './version.ts';

/** A request in flight when the process is told to stop has this long. */
const DRAIN_MS = 10_000;

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
  if (config.identity.source === 'authorizer') {
    throw new StartError(
      'LKPS_IDENTITY=authorizer: only the Lambda function has an authorizer in front of it',
    );
  }
  const logger = createLogger(config);
  await migrateIfAsked(config, secrets, logger);
  setGlobalDispatcher(livekitPool()); // the SDK's calls go through the global fetch
  const { handler, database } = await openPlatform({ config, secrets, warnings, logger });
  try {
    await database.checked();
    const server = limitedServer(platformApp(handler));
    await listen(server, config);
    logger.info({ port: config.port, version: VERSION }, 'serving');
    return { port: config.port, stop: once(() => stop(server, database, logger)) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function migrateIfAsked(config: Config, secrets: Secrets, logger: Logger): Promise<void> {
  const { databaseAdminUrl: adminUrl, databaseUrl: serviceUrl } = secrets;
  if (config.migrateAtStart && adminUrl !== undefined) {
    const { applied } = await migrateDatabase({ adminUrl, serviceUrl });
    logger.info({ applied }, 'migrated');
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
