import type { Logger } from 'pino';
import type { GatewayService } from '../adapters/agent-gateway/index.ts';
import { createHttpHandler, type HttpHandler } from '../adapters/http/index.ts';
import type { CheckedDatabase } from './checked-database.ts';
import type { ServeConfig } from './config.ts';
import { buildContainer, PORTS } from './container.ts';
import { gatewayLog } from './gateway-log.ts';
import { httpLog, warnOfRisks } from './logger.ts';
import { openDirectory } from './open-directory.ts';
import { startedDatabase } from './started-database.ts';
import { systemClock } from './system-clock.ts';
import { VERSION } from './version.ts';

/** Everything but the host. */
export interface Platform {
  readonly handler: HttpHandler;
  /** Where it is a part of the service. */
  readonly gateway: GatewayService | undefined;
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
  const database = startedDatabase({
    region: config.region,
    secrets,
    maxConnections: config.databasePool,
    journal: () => container.resolve(PORTS.journal),
  });
  const logs = { log: httpLog(logger), gatewayLog: gatewayLog(logger) };
  const container = buildContainer({ config, secrets, database, directory, ...logs, version: VERSION });
  return {
    handler: createHttpHandler(container.resolve(PORTS.service)),
    gateway: config.agentGateway.mode === 'embedded' ? container.resolve(PORTS.gateway) : undefined,
    database,
  };
}
