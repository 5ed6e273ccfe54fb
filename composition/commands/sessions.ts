import {
  parseAgentName,
  parseClientId,
  parseOperatorNote,
  parseSessionId,
  type SessionSelection,
  type SessionsToEnd,
} from '../../core/index.ts';
import {
  commandGroup,
  noPositional,
  onlyPositional,
  parsed,
  parseLimit,
  parseOptions,
  UsageError,
  type Command,
} from './command.ts';
import { endSessions } from './end-sessions.ts';
import { withRecords, withRooms } from './operator.ts';
import { describeFact, describeRecord, describeSession, sessionText } from './session-text.ts';
import { jsonLines, table, utc } from './table.ts';

const USAGE = `usage: lkps sessions list [--agent agent] [--client client] [--open] [--limit n] [--json]
       lkps sessions show <session id> [--json]
       lkps sessions end <session id> | --agent agent | --client client  [--reason text]

An agent is an Entra application id or <application id>.<user's object id>, a client an application
id. Lists are newest first, 50 at most unless --limit says otherwise. end closes the room at LiveKit,
which puts everyone out; --agent and --client end all that are open at that moment.
`;

const DEFAULT_LIMIT = '50';

export const sessions: Command = commandGroup(USAGE, {
  list: async (args, { env, out, err }) => {
    const { values, positionals } = parseOptions(args, {
      agent: { type: 'string' },
      client: { type: 'string' },
      open: { type: 'boolean' },
      limit: { type: 'string', default: DEFAULT_LIMIT },
      json: { type: 'boolean' },
    });
    noPositional(positionals);
    const limit = parseLimit(values.limit);
    const selection = { ...parties(values), ...(values.open === true ? { open: true as const } : {}) };
    await withRecords(env, async (records) => {
      const found = await records.view.listSessions({ ...selection, limit: limit + 1 });
      const shown = found.slice(0, limit);
      const described = shown.map((session) => describeSession(session, records));
      const rows = shown.map(({ intent, state, endReason }) => [
        utc(intent.requestedAt),
        endReason === undefined ? state : `${state}:${endReason}`,
        intent.sessionId,
        abbreviated(intent.agent),
        abbreviated(intent.caller.clientId),
      ]);
      const heading = ['REQUESTED (UTC)', 'STATE', 'SESSION', 'AGENT', 'CLIENT'];
      out(values.json === true ? jsonLines(described) : table(heading, rows));
      if (found.length > limit) {
        err(`lkps: only the newest ${limit} are shown: --limit\n`);
      }
    });
    return 0;
  },

  show: async (args, { env, out, err }) => {
    const { values, positionals } = parseOptions(args, { json: { type: 'boolean' } });
    const raw = onlyPositional(positionals, 'session id');
    const sessionId = parsed('<session id>', raw.toLowerCase(), parseSessionId);
    return withRecords(env, async (records) => {
      const session = await records.sessions.find({ sessionId });
      if (session === undefined) {
        err(`lkps: there is no session ${sessionId}\n`);
        return 1;
      }
      const described = {
        session: describeSession(session, records),
        facts: (await records.view.factsOf(sessionId)).map((fact) => describeFact(fact, session.intent)),
        trail: (await records.audit.listBySession(sessionId)).map(describeRecord),
      };
      const { facts, trail } = described;
      out(
        values.json === true
          ? jsonLines([{ is: 'session', ...described.session }, ...facts, ...trail])
          : sessionText(described),
      );
      return 0;
    });
  },

  end: async (args, io) => {
    const { values, positionals } = parseOptions(args, {
      agent: { type: 'string' },
      client: { type: 'string' },
      reason: { type: 'string' },
    });
    const which = toEnd(values, positionals);
    const note = parsed('--reason', values.reason, parseOperatorNote);
    return withRooms(io.env, async (records) => {
      if ('sessionId' in which && (await records.sessions.find(which)) === undefined) {
        io.err(`lkps: there is no session ${which.sessionId}\n`);
        return 1;
      }
      const noted = note === undefined ? {} : { note };
      return endSessions(records, { which, cause: 'session_ended', ...noted }, io);
    });
  },
});

/** Enough to tell a few apart; `--json` has them whole. */
function abbreviated(id: string): string {
  return `${id.slice(0, 8)}…`;
}

interface Parties {
  readonly agent?: string | undefined;
  readonly client?: string | undefined;
}

function parties({ agent, client }: Parties): Pick<SessionSelection, 'agent' | 'client'> {
  return {
    ...(agent === undefined ? {} : { agent: parsed('--agent', agent.toLowerCase(), parseAgentName) }),
    ...(client === undefined ? {} : { client: parsed('--client', client, parseClientId) }),
  };
}

/** Exactly one way to say which: a slip must not end more than was meant. */
function toEnd(values: Parties, positionals: readonly string[]): SessionsToEnd {
  const { agent, client } = parties(values);
  const given = [agent, client, ...positionals].filter((value) => value !== undefined);
  if (given.length !== 1) {
    throw new UsageError('end takes one of <session id>, --agent and --client');
  }
  if (agent !== undefined) {
    return { agent };
  }
  if (client !== undefined) {
    return { client };
  }
  const raw = onlyPositional(positionals, 'session id');
  return { sessionId: parsed('<session id>', raw.toLowerCase(), parseSessionId) };
}
