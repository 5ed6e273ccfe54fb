import { VERSION } from '../version.ts';
import { agents } from './agents.ts';
import { clients } from './clients.ts';
import { noPositional, UsageError, type Command } from './command.ts';
import { sessions } from './sessions.ts';

const USAGE = `usage: lkps <command>

  serve     run the platform: four HTTP endpoints, configured by the environment
  gateway   run the agent gateway, where it is no part of \`lkps serve\`
  migrate   bring the database to this version's schema, as its owner
  agents    list them; cut one off, and take that back
  clients   list the blocked ones; block one, and take that back
  sessions  list them, show one, end them

lkps agents --help, and so on; lkps --version. It ends with 0 when all is done, with 1 when
something is not, and with 2 for arguments it does not know.
`;

const SERVE_USAGE = `usage: lkps serve

Runs the platform until SIGTERM or SIGINT. Its settings are environment variables: the README has all
of them. What is wrong with them it says at once.
`;

const GATEWAY_USAGE = `usage: lkps gateway

Runs the agent gateway until SIGTERM or SIGINT, beside \`lkps serve\` or a Lambda function with
LKPS_AGENT_GATEWAY=separate. It reads LKPS_REGION, LKPS_LIVEKIT_URL, LKPS_LIVEKIT_PUBLIC_URL,
LKPS_LIVEKIT_KEYS, LKPS_AGENT_TOKEN_KEYS, LKPS_DATABASE_URL and LKPS_SUBJECT_KEY, all of them the
service's own, and these, which have defaults: LKPS_HOST, LKPS_GATEWAY_PORT, LKPS_MAX_AGENT_WORKERS,
LKPS_GATEWAY_TRUSTED_HOPS, LKPS_TOKEN_TTL_SECONDS, LKPS_REFUSAL_ROWS, LKPS_DATABASE_POOL and
LKPS_LOG_LEVEL.
`;

const MIGRATE_USAGE = `usage: lkps migrate

Brings the database to this version's schema, and says what it applied. It needs LKPS_DATABASE_URL and
LKPS_DATABASE_ADMIN_URL.
`;

const HELP: readonly string[] = ['help', '--help', '-h'];

/** All of `lkps`, whose arguments are those after the program's name. */
export function lkpsCommand(acts: Readonly<Record<'serve' | 'gateway' | 'migrate', Command>>): Command {
  const commands: Readonly<Record<string, Command>> = {
    serve: withUsage(SERVE_USAGE, acts.serve),
    gateway: withUsage(GATEWAY_USAGE, acts.gateway),
    migrate: withUsage(MIGRATE_USAGE, acts.migrate),
    agents,
    clients,
    sessions,
  };
  const commandOf = (name: string): Command => {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) throw new UsageError(`unknown: ${JSON.stringify(name)}\n\n${USAGE}`);
    return command;
  };
  return async ([name = 'help', ...rest], io) => {
    if (name === '--version') {
      noPositional(rest);
      io.out(`${VERSION}\n`);
      return 0;
    }
    if (HELP.includes(name)) {
      const [about, ...more] = rest;
      noPositional(more);
      if (about !== undefined) return commandOf(about)(['--help'], io);
      io.out(USAGE);
      return 0;
    }
    const isHelp = rest[0] === 'help' || rest.includes('--help') || rest.includes('-h');
    return commandOf(name)(isHelp ? ['--help'] : rest, io);
  };
}

/** A command without others under it; those that have some know their own `--help`. */
function withUsage(usage: string, command: Command): Command {
  return async (args, io) => {
    if (!args.includes('--help')) return command(args, io);
    io.out(usage);
    return 0;
  };
}
