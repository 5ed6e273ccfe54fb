import {
  parseAgentName,
  parseOperatorNote,
  RestoreAgent,
  RevokeAgent,
  type AgentName,
  type ListedAgent,
  type OperatorNote,
} from '../../core/index.ts';
import {
  commandGroup,
  noPositional,
  onlyPositional,
  parsed,
  parseLimit,
  parseOptions,
  type Command,
} from './command.ts';
import { endSessions } from './end-sessions.ts';
import { withRecords, withRooms, type Records } from './operator.ts';
import { jsonLines, table, utc } from './table.ts';

const USAGE = `usage: lkps agents list [--revoked] [--limit n] [--json]
       lkps agents revoke <agent> [--reason text] [--keep-sessions]
       lkps agents restore <agent> [--reason text]

<agent> is an Entra application id, which stands for the personal agents of its users too, or
<application id>.<user's object id> for one personal agent. revoke: it gets no token and no session
any more, and its open sessions end, but for --keep-sessions. A reason stays on record for ever: no
names, no addresses. Lists are by name, 50 at most unless --limit says otherwise.
`;

const DEFAULT_LIMIT = '50';
const REASON = { reason: { type: 'string' } } as const;

export const agents: Command = commandGroup(USAGE, {
  list: async (args, { env, out, err }) => {
    const { values, positionals } = parseOptions(args, {
      revoked: { type: 'boolean' },
      limit: { type: 'string', default: DEFAULT_LIMIT },
      json: { type: 'boolean' },
    });
    noPositional(positionals);
    const limit = parseLimit(values.limit);
    const selection = { ...(values.revoked === true ? { revoked: true as const } : {}), limit: limit + 1 };
    await withRecords(env, async ({ view, clock }) => {
      const found = await view.listAgents(selection);
      const shown = found.slice(0, limit).map((agent) => describeAgent(agent, clock.now()));
      out(values.json === true ? jsonLines(shown) : tableOf(shown));
      if (found.length > limit) {
        err(`lkps: only the first ${limit} are shown: --limit\n`);
      }
    });
    return 0;
  },

  revoke: async (args, io) => {
    const { values, positionals } = parseOptions(args, { ...REASON, 'keep-sessions': { type: 'boolean' } });
    const { agent, note } = act(positionals, values.reason);
    const revoke = async (records: Records, sessions: 'ended' | 'kept'): Promise<void> => {
      const outcome = await new RevokeAgent(records).execute({ agent, ...note, sessions });
      io.out(`${outcome === 'revoked' ? 'revoked' : 'already revoked'}: ${agent}\n`);
    };
    if (values['keep-sessions'] === true) {
      await withRecords(io.env, (records) => revoke(records, 'kept'));
      io.out('its open sessions go on\n');
      return 0;
    }
    return withRooms(io.env, async (records) => {
      await revoke(records, 'ended');
      return endSessions(records, { which: { agent }, cause: 'agent_revoked', ...note }, io);
    });
  },

  restore: async (args, { env, out }) => {
    const { values, positionals } = parseOptions(args, REASON);
    const { agent, note } = act(positionals, values.reason);
    const outcome = await withRecords(env, (records) =>
      new RestoreAgent(records).execute({ agent, ...note }),
    );
    out(`${outcome === 'restored' ? 'restored' : 'was not revoked itself'}: ${agent}\n`);
    return 0;
  },
});

function act(
  positionals: readonly string[],
  reason: string | undefined,
): { readonly agent: AgentName; readonly note: { readonly note?: OperatorNote } } {
  const raw = onlyPositional(positionals, 'agent');
  const note = parsed('--reason', reason, parseOperatorNote);
  return {
    agent: parsed('<agent>', raw.toLowerCase(), parseAgentName),
    note: note === undefined ? {} : { note },
  };
}

interface DescribedAgent {
  readonly agent: string;
  readonly state: 'registered' | 'expired' | 'revoked';
  readonly registered_at?: Date;
  readonly expires_at?: Date;
  readonly revoked_at?: Date;
  readonly reason?: string;
}

function describeAgent({ name, registration, revoked }: ListedAgent, now: Date): DescribedAgent {
  const isLive = registration !== undefined && now < registration.expiresAt;
  return {
    agent: name,
    state: revoked !== undefined ? 'revoked' : isLive ? 'registered' : 'expired',
    ...(registration && { registered_at: registration.registeredAt, expires_at: registration.expiresAt }),
    ...(revoked && { revoked_at: revoked.at, ...(revoked.note && { reason: revoked.note }) }),
  };
}

function tableOf(shown: readonly DescribedAgent[]): string {
  const rows = shown.map(({ agent, state, registered_at: registered, revoked_at: revoked, reason }) => {
    const since = revoked ?? registered;
    return [state, since === undefined ? '' : utc(since), agent, reason ?? ''];
  });
  return table(['STATE', 'SINCE (UTC)', 'AGENT', 'REASON'], rows);
}
