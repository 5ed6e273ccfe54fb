import {
  ownerOf,
  parseAgentName,
  RestoreAgent,
  RevokeAgent,
  type AgentName,
  type ListedAgent,
} from '../../core/index.ts';
import { findAgent, parseAgentArgument } from './agent-argument.ts';
import { commandGroup, noPositional, parsed, parseLimit, parseOptions, type Command } from './command.ts';
import { cutOff, parseTarget, REASON, REASON_AND_SESSIONS, type CutOffAct } from './cut-off.ts';
import { withRecords, type Records } from './operator.ts';
import { jsonLines, table, utc } from './table.ts';

const USAGE = `usage: lkps agents list [--agent agent] [--revoked] [--after name] [--limit n] [--json]
       lkps agents revoke <agent> [--reason text] [--keep-sessions]
       lkps agents restore <agent> [--reason text]

<agent> is an Entra application id, which stands for the personal agents of its users too, or
<application id>.<user's object id> for one personal agent, or what audit rows call that one:
<application id>.<64 hexadecimal digits>. revoke: it gets no token and no session any more, and its
open sessions end, but for --keep-sessions. A reason stays on record for ever: no names, no
addresses, no ids. Lists are by name, 50 at most unless --limit says otherwise; --after <name> goes on
after that one.
`;

const DEFAULT_LIMIT = '50';

export const agents: Command = commandGroup(USAGE, {
  list: async (args, { env, out, err }) => {
    const { values, positionals } = parseOptions(args, {
      agent: { type: 'string' },
      after: { type: 'string' },
      revoked: { type: 'boolean' },
      limit: { type: 'string', default: DEFAULT_LIMIT },
      json: { type: 'boolean' },
    });
    noPositional(positionals);
    const limit = parseLimit(values.limit);
    const agent = parsed('--agent', values.agent, parseAgentArgument);
    const after = parsed('--after', values.after?.toLowerCase(), parseAgentName);
    await withRecords(env, async (records) => {
      const { view, clock, agentRefOf } = records;
      const found = await view.listAgents({
        ...(agent === undefined ? {} : { agent: await findAgent(agent, records) }),
        ...(after === undefined ? {} : { after }),
        ...(values.revoked === true ? { revoked: true } : {}),
        limit: limit + 1,
      });
      const shown = found
        .slice(0, limit)
        .map((known) => ({ ...describeAgent(known, clock.now()), agent_ref: agentRefOf(known.name) }));
      out(values.json === true ? jsonLines(shown) : tableOf(shown));
      if (found.length > limit) {
        err(`lkps: there are more than these ${limit}: --after ${shown.at(-1)?.agent ?? ''}\n`);
      }
    });
    return 0;
  },

  revoke: async (args, io) => {
    const { values, positionals } = parseOptions(args, REASON_AND_SESSIONS);
    const { id, note } = parseTarget('agent', positionals, values, parseAgentArgument);
    const act = async (records: Records): Promise<CutOffAct> => {
      const agent = await findAgent(id, records);
      return {
        cutOff: async (sessions) => {
          const outcome = await new RevokeAgent(records).execute({ agent, ...note, sessions });
          return `${outcome === 'revoked' ? 'revoked' : 'already revoked'}: ${agent}`;
        },
        toEnd: { which: { agent }, cause: 'agent_revoked', ...note },
        unknown: async () =>
          (await records.view.hasRegistered(agent)) ? undefined : `${agent} has never registered here`,
      };
    };
    return cutOff(act, values, io);
  },

  restore: async (args, { env, out }) => {
    const { values, positionals } = parseOptions(args, REASON);
    const { id, note } = parseTarget('agent', positionals, values, parseAgentArgument);
    await withRecords(env, async (records) => {
      const agent = await findAgent(id, records);
      const outcome = await new RestoreAgent(records).execute({ agent, ...note });
      out(outcome === 'restored' ? `restored: ${agent}\n` : nothingToRestore(agent));
    });
    return 0;
  },
});

/** A personal agent is cut off by its application's revocation too, which is not its own to take back. */
function nothingToRestore(agent: AgentName): string {
  const { clientId, userId } = ownerOf(agent);
  return userId === undefined
    ? `nothing to restore: ${agent} is not revoked\n`
    : `nothing to restore: ${agent} is not revoked on its own; its application may be: ${clientId}\n`;
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
