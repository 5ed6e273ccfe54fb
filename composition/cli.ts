#!/usr/bin/env node
import { migrate } from '../adapters/persistence-knex/index.ts';
import { parseMigrateConfig, parseServeConfig } from './config.ts';
import { serve } from './main-koa.ts';
import { operatorMessage } from './operator-message.ts';
import { risksOf } from './risks.ts';
import type { Environment } from './setting-values.ts';

const USAGE = `usage: lkps <command>

  serve     run the platform: four HTTP endpoints, configured by the environment
  migrate   bring the database to this version's schema, as its owner
`;

const COMMANDS: Readonly<Record<string, (env: Environment) => Promise<void>>> = {
  serve: runService,
  migrate: runMigrations,
};

async function runService(env: Environment): Promise<void> {
  const parsed = parseServeConfig(env);
  const service = await serve({ ...parsed, warnings: risksOf(parsed.config, env) });
  const stop = (): void => {
    service.stop().catch(fail);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

async function runMigrations(env: Environment): Promise<void> {
  const { adminUrl, serviceUrl } = parseMigrateConfig(env);
  const { applied } = await migrate({ adminUrl: adminUrl.reveal(), serviceUrl: serviceUrl.reveal() });
  process.stdout.write(applied.length === 0 ? 'nothing to migrate\n' : `migrated: ${applied.join(', ')}\n`);
}

function fail(error: unknown): void {
  process.stderr.write(`lkps: ${operatorMessage(error)}\n`);
  process.exitCode = 1;
}

const [name = 'help', ...rest] = process.argv.slice(2);
const command = rest.length === 0 && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command !== undefined) {
  command(process.env).catch(fail);
} else {
  const asked = name === 'help' || name === '--help';
  (asked ? process.stdout : process.stderr).write(USAGE);
  process.exitCode = asked ? 0 : 2;
}
