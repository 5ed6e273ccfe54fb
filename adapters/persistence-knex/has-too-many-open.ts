import { OPEN_STATES, type ClientId, type OpenLimit } from '../../core/index.ts';
import type { Transaction } from './open-database.ts';

/**
 * So close to the limit, openings of one client wait for each other; further away there are not that many under way at
 * once, in all services together (each has LKPS_DATABASE_POOL of them at most).
 */
const UNDER_WAY = 500;

/** Whether the client has as many sessions open as it may; held true until the transaction ends. */
export async function hasTooManyOpen(trx: Transaction, client: ClientId, limit: OpenLimit): Promise<boolean> {
  const open = await countOpen(trx, client, limit);
  if (open + UNDER_WAY < limit.maxOpen) {
    return false;
  }
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`lkps open sessions ${client}`]);
  return (await countOpen(trx, client, limit)) >= limit.maxOpen;
}

/** By the index sessions_open_by_client, which is over the same states. */
async function countOpen(trx: Transaction, client: ClientId, { maxOpen, since }: OpenLimit): Promise<number> {
  const open = trx('sessions')
    .select(trx.raw('1'))
    .where({ caller_client_id: client })
    .whereIn('state', OPEN_STATES)
    .where('requested_at', '>=', since)
    .limit(maxOpen);
  const [row] = await trx.count<{ count: string }[]>('* as count').from(open.as('open'));
  return Number(row?.count ?? 0);
}
