import {
  parseClientId,
  parseOperatorNote,
  parseSessionId,
  type ClientId,
  type SessionId,
  type SessionSelection,
} from '../../core/index.ts';
import { findAgent, parseAgentArgument, type AgentArgument } from './agent-argument.ts';
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
import { withRecords, withRooms, type Records } from './operator.ts';
import { describeFact, describeRecord, describeSession, sessionText } from './session-text.ts';
import { jsonLines, table, utc } from './table.ts';

const USAGE = `usage: lkps sessions list [--agent agent] [--client client] [--open] [--limit n] [--json]
       lkps sessions show <session id> [--json]
       lkps sessions end <session id> | --agent agent | --client client  [--reason text]

An agent is an Entra application id, <application id>.<user's object id>, or what audit rows call a
personal one: <application id>.<64 hexadecimal digits>. A client is an application id. Lists are
newest first, 50 at most unless --limit says otherwise. end closes the room at LiveKit, which puts
everyone out; --agent and --client end all that are open at that moment. A reason stays on record for
ever: no names, no addresses, no ids.
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
    const parties = parseParties(values);
    const open = values.open === true ? { open: true as const } : {};
    await withRecords(env, async (records) => {
      const selection = { ...(await namesOf(parties, records)), ...open };
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
    const toEnd = parseToEnd(values, positionals);
    const note = parsed('--reason', values.reason, parseOperatorNote);
    return withRooms(io.env, async (records) => {
      if ('sessionId' in toEnd && (await records.sessions.find(toEnd)) === undefined) {
        io.err(`lkps: there is no session ${toEnd.sessionId}\n`);
        return 1;
      }
      const which = 'agent' in toEnd ? { agent: await findAgent(toEnd.agent, records) } : toEnd;
      const noted = note === undefined ? {} : { note };
      return endSessions(records, { which, cause: 'session_ended', ...noted }, io);
    });
  },
});

/** Enough to tell a few apart; `--json` has them whole. */
function abbreviated(id: string): string {
  return `${id.slice(0, 8)}…`;
}

interface PartyOptions {
  readonly agent?: string | undefined;
  readonly client?: string | undefined;
}

interface Parties {
  readonly agent?: AgentArgument;
  readonly client?: ClientId;
}

function parseParties({ agent, client }: PartyOptions): Parties {
  return {
    ...(agent === undefined ? {} : { agent: parsed('--agent', agent, parseAgentArgument) }),
    ...(client === undefined ? {} : { client: parsed('--client', client, parseClientId) }),
  };
}

async function namesOf(
  { agent, ...others }: Parties,
  records: Records,
): Promise<Pick<SessionSelection, 'agent' | 'client'>> {
  return agent === undefined ? others : { ...others, agent: await findAgent(agent, records) };
}

type ToEnd =
  { readonly sessionId: SessionId } | { readonly agent: AgentArgument } | { readonly client: ClientId };

/** Exactly one way to say which: a slip must not end more than was meant. */
function parseToEnd(values: PartyOptions, positionals: readonly string[]): ToEnd {
  const { agent, client } = parseParties(values);
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
