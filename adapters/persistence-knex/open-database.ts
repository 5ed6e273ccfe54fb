import knex, { type Knex } from 'knex';
import { Pool, type PoolClient } from 'pg';
import type { Deployment } from './deployment-row.ts';
import { ForeignDatabase } from './foreign-database.ts';
import { onlyDatabaseOf } from './own-database.ts';
import { unavailable } from './unavailable.ts';
import { withDeadline } from './with-deadline.ts';

/** Below the 2 s that the ports promise, so that the answer is out in time on a busy machine too. */
const DEADLINE_MS = 1_800;
/** PostgreSQL gives up first where it still can: then the transaction is known to be rolled back. */
const SERVER_TIMEOUT_MS = 1_500;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 5_000;

export interface DatabaseOptions {
  /** As the service's role: `postgres://<login>:<password>@<host>:<port>/<database>`. */
  readonly url: string;
  readonly maxConnections?: number;
  /** Whose records are written. Every connection that leads to another deployment's is refused, also later on. */
  readonly deployment?: Deployment;
}

export type Transaction = Knex.Transaction;

/** A statement that is sent when it is awaited. */
export type Statement<T> = Knex.ChainableInterface<T>;

/** The service's connections to PostgreSQL. Everything has a deadline. */
export interface Database {
  /**
   * One statement that changes nothing: its own snapshot, without the two round trips that begin and end a transaction.
   *
   * @param what Says in the error what was not possible; never contains a value.
   * @throws LkpsError `audit_unavailable` as `transact` does.
   */
  read<T>(what: string, statement: (on: Knex) => Statement<T>): Promise<T>;
  /**
   * Commits what `work` did once it resolves; rolls all of it back otherwise. `work` may run nothing but statements.
   *
   * @param what Says in the error what was not possible; never contains a value.
   * @throws LkpsError `audit_unavailable` within 2 s, whatever hangs: connecting, a full pool, a lock, the server.
   */
  transact<T>(what: string, work: (trx: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Connects lazily: an unreachable server shows in the first call and in the probe.
 *
 * @throws RangeError for a subject key that is too short.
 */
export function openDatabase({ url, maxConnections = 10, deployment }: DatabaseOptions): Database {
  const requireOwn = deployment === undefined ? () => Promise.resolve() : onlyDatabaseOf(deployment);
  const pool = new Pool({
    connectionString: url,
    max: maxConnections,
    application_name: 'lkps',
    keepAlive: true,
    connectionTimeoutMillis: SERVER_TIMEOUT_MS,
    statement_timeout: SERVER_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    // Outranks what the role or the database is set to: a commit that is not on disk is no record.
    options: '-c synchronous_commit=on',
  });
  // A connection that breaks fails the call that uses it, or leaves the pool; without listeners it ends the process.
  pool.on('error', () => undefined);
  pool.on('connect', (connection) => connection.on('error', () => undefined));
  const builder = knex({ client: 'pg' });
  const inTime = <T>(what: string, work: (connection: PoolClient) => PromiseLike<T>): Promise<T> =>
    withDeadline(DEADLINE_MS, (expired) => onConnection({ pool, requireOwn }, expired, work)).catch(
      (error: unknown) => {
        throw unavailable(what, error);
      },
    );
  return {
    read: (what, statement) => inTime(what, (connection) => statement(builder).connection(connection)),
    transact: (what, work) => inTime(what, (connection) => builder.transaction(work, { connection })),
    close: () => pool.end(),
  };
}

interface Parts {
  readonly pool: Pool;
  readonly requireOwn: (connection: PoolClient) => Promise<void>;
}

/**
 * The connection is taken from the pool by hand because knex alone could not give up on it: one that does not answer in
 * time is cut, so that a server that hangs does not keep the pool, and one whose rollback failed, or that leads to a
 * foreign database, is not used again.
 */
async function onConnection<T>(
  { pool, requireOwn }: Parts,
  expired: AbortSignal,
  work: (connection: PoolClient) => PromiseLike<T>,
): Promise<T> {
  const connection = await pool.connect();
  const release = releaseOnce(connection);
  if (expired.aborted) {
    release(false);
    expired.throwIfAborted();
  }
  expired.addEventListener('abort', () => {
    release(true);
  });
  try {
    await requireOwn(connection);
    const result = await work(connection);
    release(false);
    return result;
  } catch (error) {
    release(error instanceof ForeignDatabase || connection.getTransactionStatus() !== 'I');
    throw error;
  }
}

/** Gives the connection back, or closes it, the first time it is called: the pool takes no connection twice. */
function releaseOnce(connection: PoolClient): (broken: boolean) => void {
  let released = false;
  return (broken) => {
    if (!released) {
      released = true;
      connection.release(broken);
    }
  };
}
