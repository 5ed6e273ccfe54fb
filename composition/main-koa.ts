import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { limitedServer, platformApp } from '../adapters/http-koa/index.ts';
import type { Database } from '../adapters/persistence-knex/index.ts';
import type { Config, Secrets, ServeConfig } from './config.ts';
import { cannotListen } from './cannot-listen.ts';
import { listeningGateway } from './listening-gateway.ts';
import { livekitPool } from './livekit-pool.ts';
import { createLogger } from './logger.ts';
import { migrateDatabase } from './migrate-database.ts';
import { openPlatform } from './platform.ts';
import { once, type RunningService } from './running-service.ts';
import { StartError } from './start-error.ts';
import { VERSION } from './version.ts';

/** A request in flight when the process is told to stop has this long. */
const DRAIN_MS = 10_000;

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
  const { handler, gateway: agents, database } = await openPlatform({ config, secrets, warnings, logger });
  const parts: Stoppable[] = [];
  try {
    await database.checked();
    const server = limitedServer(platformApp(handler));
    await listen(server, config);
    parts.push({ stop: () => closed(server) });
    if (agents !== undefined && config.agentGateway.mode === 'embedded') {
      parts.push(await listeningGateway(agents, config.agentGateway.listener));
    }
    logger.info({ port: config.port, ...gatewayPort(config), version: VERSION }, 'serving');
    return { port: config.port, stop: once(() => stop(parts, database, logger)) };
  } catch (error) {
    await Promise.all(parts.map((part) => part.stop()));
    await database.close();
    throw error;
  }
}

function gatewayPort({ agentGateway }: Config): { readonly gateway_port?: number } {
  return agentGateway.mode === 'embedded' ? { gateway_port: agentGateway.listener.port } : {};
}

interface Stoppable {
  readonly stop: () => Promise<void>;
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
      reject(cannotListen({ host, port }, 'LKPS_PORT', error));
    });
    server.listen({ port, host }, resolve);
  });
}

/** All parts at once: what one of them waits for is no reason for another to take more on. */
async function stop(parts: readonly Stoppable[], database: Database, logger: Logger): Promise<void> {
  logger.info('stopping');
  await Promise.all(parts.map((part) => part.stop()));
  await database.close();
  await getGlobalDispatcher().close();
  logger.info('stopped');
}

async function closed(server: Server): Promise<void> {
  const closing = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  const deadline = setTimeout(() => {
    server.closeAllConnections();
  }, DRAIN_MS);
  await closing;
  clearTimeout(deadline);
}
