import { setTimeout as delay } from 'node:timers/promises';
import { handle, type LambdaHandler } from '../adapters/lambda/index.ts';
import { LkpsError } from '../core/index.ts';
import { parseServeConfig } from './config.ts';
import { createLogger, describeError, writtenAtOnce } from './logger.ts';
import { operatorMessage } from './operator-message.ts';
import { openPlatform, type Platform } from './platform.ts';
import { risksOf } from './risks.ts';
import type { Environment } from './setting-values.ts';
import { SETTINGS } from './settings.ts';
import { StartError } from './start-error.ts';

/** An execution environment serves one request at a time; the second connection is for the health check beside it. */
const MAX_CONNECTIONS = 2;

/** Made once, while the environment starts, and kept for every request it serves. */
const answer = handle((await open().catch(refuse)).handler);

/** The Lambda function: `index.handler` of the bundle, configured by the same environment as `lkps serve`. */
export const handler: LambdaHandler = async (event) => {
  await thawed();
  return answer(event);
};

/** Refuses to start on a database that is unfit; one that is not there now is asked again with each request. */
async function open(): Promise<Platform> {
  if (process.env['LKPS_MIGRATE_AT_START'] === 'true') {
    throw new StartError(
      'LKPS_MIGRATE_AT_START: a function never migrates; run `lkps migrate` before it is deployed',
    );
  }
  const { config, secrets } = parseServeConfig(process.env, unfitForFunction(process.env));
  const warnings = risksOf(config, process.env);
  const databasePool = Math.min(config.databasePool, MAX_CONNECTIONS);
  const logger = createLogger(config, writtenAtOnce());
  const platform = await openPlatform({ config: { ...config, databasePool }, secrets, warnings, logger });
  await platform.database.checked().catch((error: unknown) => {
    if (!(error instanceof LkpsError)) {
      throw error;
    }
    logger.warn({ error: describeError(error) }, 'the database cannot be used yet');
  });
  return platform;
}

/** What only a process that stays can do. */
function unfitForFunction({ LKPS_AGENT_GATEWAY: mode }: Environment): readonly string[] {
  return (mode ?? SETTINGS.LKPS_AGENT_GATEWAY.default) === 'embedded'
    ? ['LKPS_AGENT_GATEWAY: a function holds no connections; run `lkps gateway` beside it, and set separate']
    : [];
}

/** Lambda shows the error of a failed start as it is, so it must be one that may be shown. */
function refuse(error: unknown): never {
  throw new StartError(`lkps: ${operatorMessage(error)}`);
}

/**
 * Lambda freezes an environment between requests, for minutes or hours. Before it is used again, connections that ended
 * meanwhile are noticed and those that idled too long are dropped: their events and timers come first.
 */
async function thawed(): Promise<void> {
  await delay(1);
}
