import { buildGatewayContainer, PORTS } from './container.ts';
import { gatewayLog } from './gateway-log.ts';
import type { GatewayProcessConfig, GatewayProcessSecrets } from './gateway-process-config.ts';
import { listeningGateway } from './listening-gateway.ts';
import { createLogger, warnOfRisks } from './logger.ts';
import { once, type RunningService } from './running-service.ts';
import { startedDatabase } from './started-database.ts';
import { VERSION } from './version.ts';

/** Runs the agent gateway as a process of its own. Rejects, with nothing left open, when anything it needs is not there. */
export async function serveGateway({
  config,
  secrets,
  warnings,
}: {
  readonly config: GatewayProcessConfig;
  readonly secrets: GatewayProcessSecrets;
  readonly warnings: readonly string[];
}): Promise<RunningService> {
  const logger = createLogger(config);
  warnOfRisks(warnings, logger);
  const { listener } = config;
  const database = startedDatabase({
    region: config.region,
    secrets,
    maxConnections: config.databasePool,
    part: 'gateway',
    journal: () => container.resolve(PORTS.journal),
  });
  const container = buildGatewayContainer({ config, listener, secrets, database, log: gatewayLog(logger) });
  try {
    await database.checked();
    const gateway = await listeningGateway(container.resolve(PORTS.gateway), listener);
    logger.info({ port: listener.port, version: VERSION }, 'serving agents');
    const stop = async (): Promise<void> => {
      logger.info('stopping');
      await gateway.stop();
      await database.close();
      logger.info('stopped');
    };
    return { port: listener.port, stop: once(stop) };
  } catch (error) {
    await database.close();
    throw error;
  }
}
