import {
  BlockClient,
  parseClientId,
  parseOperatorNote,
  UnblockClient,
  type ClientId,
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

const USAGE = `usage: lkps clients list [--limit n] [--json]
       lkps clients block <client> [--reason text] [--keep-sessions]
       lkps clients unblock <client> [--reason text]

<client> is an Entra application id. block: neither it nor any user behind it starts a session any
more, and its open sessions end, but for --keep-sessions; whether it is an agent is another matter
(lkps agents revoke). list shows the blocked ones, by id, 50 at most unless --limit says otherwise.
A reason stays on record for ever: no names, no addresses.
`;

const DEFAULT_LIMIT = '50';
const REASON = { reason: { type: 'string' } } as const;

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
    const { values, positionals } = parseOptions(args, { ...REASON, 'keep-sessions': { type: 'boolean' } });
    const { client, note } = act(positionals, values.reason);
    const block = async (records: Records, sessions: 'ended' | 'kept'): Promise<void> => {
      const outcome = await new BlockClient(records).execute({ client, ...note, sessions });
      io.out(`${outcome === 'blocked' ? 'blocked' : 'already blocked'}: ${client}\n`);
    };
    if (values['keep-sessions'] === true) {
      await withRecords(io.env, (records) => block(records, 'kept'));
      io.out('its open sessions go on\n');
      return 0;
    }
    return withRooms(io.env, async (records) => {
      await block(records, 'ended');
      return endSessions(records, { which: { client }, cause: 'client_blocked', ...note }, io);
    });
  },

  unblock: async (args, { env, out }) => {
    const { values, positionals } = parseOptions(args, REASON);
    const { client, note } = act(positionals, values.reason);
    const outcome = await withRecords(env, (records) =>
      new UnblockClient(records).execute({ client, ...note }),
    );
    out(`${outcome === 'unblocked' ? 'unblocked' : 'was not blocked'}: ${client}\n`);
    return 0;
  },
});

function act(
  positionals: readonly string[],
  reason: string | undefined,
): { readonly client: ClientId; readonly note: { readonly note?: OperatorNote } } {
  const note = parsed('--reason', reason, parseOperatorNote);
  return {
    client: parsed('<client>', onlyPositional(positionals, 'client'), parseClientId),
    note: note === undefined ? {} : { note },
  };
}
