import { BlockClient, parseClientId, UnblockClient } from '../../core/index.ts';
import { commandGroup, noPositional, parseLimit, parseOptions, type Command } from './command.ts';
import { cutOff, parseTarget, REASON, REASON_AND_SESSIONS, type CutOffAct } from './cut-off.ts';
import { withRecords, type Records } from './operator.ts';
import { jsonLines, table, utc } from './table.ts';

const USAGE = `usage: lkps clients list [--limit n] [--json]
       lkps clients block <client> [--reason text] [--keep-sessions]
       lkps clients unblock <client> [--reason text]

<client> is an Entra application id. block: neither it nor any user behind it starts a session any
more, and its open sessions end, but for --keep-sessions; whether it is an agent is another matter
(lkps agents revoke). list shows the blocked ones, by id, 50 at most unless --limit says otherwise.
A reason stays on record for ever: no names, no addresses, no ids.
`;

const DEFAULT_LIMIT = '50';

export const clients: Command = commandGroup(USAGE, {
  list: async (args, { env, out, err }) => {
    const { values, positionals } = parseOptions(args, {
      limit: { type: 'string', default: DEFAULT_LIMIT },
      json: { type: 'boolean' },
    });
    noPositional(positionals);
    const limit = parseLimit(values.limit);
    const found = await withRecords(env, ({ view }) => view.listBlockedClients(limit + 1));
    const shown = found.slice(0, limit).map(({ clientId, blocked }) => ({
      client_id: clientId,
      blocked_at: blocked.at,
      ...(blocked.note && { reason: blocked.note }),
    }));
    const rows = shown.map(({ client_id: id, blocked_at: at, reason }) => [utc(at), id, reason ?? '']);
    out(values.json === true ? jsonLines(shown) : table(['BLOCKED (UTC)', 'CLIENT', 'REASON'], rows));
    if (found.length > limit) {
      err(`lkps: only the first ${limit} are shown: --limit\n`);
    }
    return 0;
  },

  block: async (args, io) => {
    const { values, positionals } = parseOptions(args, REASON_AND_SESSIONS);
    const { id: client, note } = parseTarget('client', positionals, values, parseClientId);
    const act = (records: Records): CutOffAct => ({
      cutOff: async (sessions) => {
        const outcome = await new BlockClient(records).execute({ client, ...note, sessions });
        return `${outcome === 'blocked' ? 'blocked' : 'already blocked'}: ${client}`;
      },
      toEnd: { which: { client }, cause: 'client_blocked', ...note },
      unknown: async () => {
        const [known] = await records.view.listSessions({ client, limit: 1 });
        return known === undefined ? `${client} has never started a session here` : undefined;
      },
    });
    return cutOff(act, values, io);
  },

  unblock: async (args, { env, out }) => {
    const { values, positionals } = parseOptions(args, REASON);
    const { id: client, note } = parseTarget('client', positionals, values, parseClientId);
    const outcome = await withRecords(env, (records) =>
      new UnblockClient(records).execute({ client, ...note }),
    );
    out(
      outcome === 'unblocked' ? `unblocked: ${client}\n` : `nothing to unblock: ${client} is not blocked\n`,
    );
    return 0;
  },
});
