#!/usr/bin/env node
import { agents } from './commands/agents.ts';
import { clients } from './commands/clients.ts';
import { noPositional, parseOptions, UsageError, type Command } from './commands/command.ts';
import { sessions } from './commands/sessions.ts';
import { parseMigrateConfig, parseServeConfig } from './config.ts';
import { serve } from './main-koa.ts';
import { migrateDatabase } from './migrate-database.ts';
import { operatorMessage } from './operator-message.ts';
import { risksOf } from './risks.ts';

const USAGE = `usage: lkps <command>

  serve     run the platform: four HTTP endpoints, configured by the environment
  migrate   bring the database to this version's schema, as its owner
  agents    list them; cut one off, and take that back
  clients   list the blocked ones; block one, and take that back
  sessions  list them, show one, end them

lkps agents --help, and so on. It ends with 0 when all is done, with 1 when something is not, and
with 2 for arguments it does not know.
`;

const COMMANDS: Readonly<Record<string, Command>> = {
  serve: runService,
  migrate: runMigrations,
  agents,
  clients,
  sessions,
};

async function runService(...[args, { env }]: Parameters<Command>): Promise<0> {
  noPositional(parseOptions(args, {}).positionals);
  const parsed = parseServeConfig(env);
  const service = await serve({ ...parsed, warnings: risksOf(parsed.config, env) });
  const stop = (): void => {
    service.stop().catch(fail);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  return 0;
}

async function runMigrations(...[args, { env, out }]: Parameters<Command>): Promise<0> {
  noPositional(parseOptions(args, {}).positionals);
  const applied = await migrateDatabase(parseMigrateConfig(env));
  out(applied.length === 0 ? 'nothing to migrate\n' : `migrated: ${applied.join(', ')}\n`);
  return 0;
}

function fail(error: unknown): void {
  const isUsage = error instanceof UsageError;
  process.stderr.write(`lkps: ${isUsage ? error.message : operatorMessage(error)}\n`);
  process.exitCode = isUsage ? 2 : 1;
}

async function run(command: Command, args: readonly string[]): Promise<void> {
  process.exitCode = await command(args, {
    env: process.env,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
}

const [name = 'help', ...rest] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command !== undefined) {
  run(command, rest).catch(fail);
} else {
  const asked = name === 'help' || name === '--help';
  (asked ? process.stdout : process.stderr).write(USAGE);
  process.exitCode = asked ? 0 : 2;
}
