#!/usr/bin/env node
import { noPositional, parseOptions, UsageError, type Command } from './commands/command.ts';
import { lkpsCommand } from './commands/lkps-command.ts';
import { parseMigrateConfig, parseServeConfig } from './config.ts';
import { gatewayProcessRisks, parseGatewayProcessConfig } from './gateway-process-config.ts';
import { serveGateway } from './main-gateway.ts';
import { serve } from './main-koa.ts';
import { migrateDatabase } from './migrate-database.ts';
import { operatorMessage } from './operator-message.ts';
import { risksOf } from './risks.ts';
import type { RunningService } from './running-service.ts';

async function runService(...[args, { env }]: Parameters<Command>): Promise<0> {
  noPositional(parseOptions(args, {}).positionals);
  const parsed = parseServeConfig(env);
  return untilTold(await serve({ ...parsed, warnings: risksOf(parsed.config, env) }));
}

async function runGateway(...[args, { env }]: Parameters<Command>): Promise<0> {
  noPositional(parseOptions(args, {}).positionals);
  const parsed = parseGatewayProcessConfig(env);
  return untilTold(await serveGateway({ ...parsed, warnings: gatewayProcessRisks(parsed.config, env) }));
}

function untilTold(service: RunningService): 0 {
  const stop = (): void => {
    service.stop().catch(fail);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  return 0;
}

async function runMigrations(...[args, { env, out }]: Parameters<Command>): Promise<0> {
  noPositional(parseOptions(args, {}).positionals);
  const { applied, database } = await migrateDatabase(parseMigrateConfig(env));
  out(
    applied.length === 0
      ? `nothing to migrate (${database})\n`
      : `migrated: ${applied.join(', ')} (${database})\n`,
  );
  return 0;
}

function fail(error: unknown): void {
  const isUsage = error instanceof UsageError;
  process.stderr.write(`lkps: ${isUsage ? error.message : operatorMessage(error)}\n`);
  process.exitCode = isUsage ? 2 : 1;
}

lkpsCommand({ serve: runService, gateway: runGateway, migrate: runMigrations })(process.argv.slice(2), {
  env: process.env,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
}).then((code) => {
  process.exitCode = code;
}, fail);
