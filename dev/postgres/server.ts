import { randomBytes } from 'node:crypto';
import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild, type Child, type ChildOptions } from '../process/child.ts';
import { freePort } from '../process/free-port.ts';
import { runToEnd } from '../process/run-to-end.ts';
import { createTemporaryDirectory, removeDirectory } from '../process/temporary-directory.ts';
import { postgresAccount, type Account } from './account.ts';
import { postgresBinaries, type PostgresBinaries } from './binaries.ts';
import { answersStartup } from './answers-startup.ts';
import { createOwnedDatabase, createRoles, OWNER_ROLE, SERVICE_ROLE } from './roles.ts';

const DATABASE = 'lkps';
const READY_MS = 30_000;
/** For the last checkpoint, on a disk that has much else to write. */
const GRACE_MS = 30_000;

export interface PostgresOptions {
  /** Whether a commit waits for the disk, as in production; default true. */
  readonly durable?: boolean;
  readonly log?: ChildOptions['log'];
  readonly signal?: AbortSignal;
}

export interface DatabaseUrls {
  /** As the owner role: migrations. */
  readonly adminUrl: string;
  /** As the service role. */
  readonly serviceUrl: string;
}

/** A real PostgreSQL on loopback whose data directory goes when it stops. */
export interface Postgres extends DatabaseUrls {
  readonly superuserUrl: string;
  readonly port: number;
  /** The process in hand; another one after `halt()` and `start()`. */
  readonly child: Child;
  /** A further database of the same owner, for tests that must not meet. */
  readonly createDatabase: (name: string) => Promise<DatabaseUrls>;
  /** Takes the server away; its data stays. */
  readonly halt: () => Promise<void>;
  /** Brings it back on the same port. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const account = await postgresAccount();
  const binaries = await postgresBinaries(account !== undefined);
  const directory = await createTemporaryDirectory('lkps-postgres-');
  try {
    return await boot({ options, account, binaries, directory });
  } catch (error) {
    removeDirectory(directory);
    throw error;
  }
}

interface Place {
  readonly options: PostgresOptions;
  readonly account: Account | undefined;
  readonly binaries: PostgresBinaries;
  readonly directory: string;
}

async function boot(place: Place): Promise<Postgres> {
  const passwords = { superuser: password(), owner: password(), service: password() };
  const port = await freePort();
  await initialise(place, passwords.superuser);
  let child = await serve(place, port);

  const url = (role: string, secret: string, database: string): string =>
    `postgres://${role}:${secret}@127.0.0.1:${port}/${database}`;
  const urls = (database: string): DatabaseUrls => ({
    adminUrl: url(OWNER_ROLE, passwords.owner, database),
    serviceUrl: url(SERVICE_ROLE, passwords.service, database),
  });
  const superuserUrl = url('postgres', passwords.superuser, 'postgres');
  try {
    await createRoles(superuserUrl, passwords);
    await createOwnedDatabase(superuserUrl, DATABASE);
  } catch (error) {
    await child.stop();
    throw error;
  }

  return {
    ...urls(DATABASE),
    superuserUrl,
    port,
    get child() {
      return child;
    },
    createDatabase: async (name) => {
      await createOwnedDatabase(superuserUrl, name);
      return urls(name);
    },
    halt: async () => {
      await child.stop();
    },
    start: async () => {
      if (!child.running) child = await serve(place, port);
    },
    stop: async () => {
      await child.stop();
      removeDirectory(place.directory);
    },
  };
}

async function initialise(
  { options, account, binaries, directory }: Place,
  superuserPassword: string,
): Promise<void> {
  const passwordFile = join(directory, 'superuser');
  await writeFile(passwordFile, `${superuserPassword}\n`, { mode: 0o600 });
  if (account !== undefined) {
    await chown(passwordFile, account.uid, account.gid);
    await chown(directory, account.uid, account.gid);
  }
  await runToEnd({
    name: 'initdb',
    command: binaries.initdb,
    args: [
      ...['--pgdata', join(directory, 'data'), '--username', 'postgres', '--pwfile', passwordFile],
      // Only the empty cluster is not synced to disk: if the machine dies now there is nothing to lose yet.
      ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--no-locale', '--no-sync'],
    ],
    cwd: directory,
    ...ofPlace(options, account),
  });
}

async function serve({ options, account, binaries, directory }: Place, port: number): Promise<Child> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    fsync: options.durable === false ? 'off' : 'on',
    synchronous_commit: 'on',
  };
  const child = await startChild({
    name: 'postgres',
    command: binaries.postgres,
    args: [
      '-D',
      join(directory, 'data'),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    cwd: directory,
    // SIGTERM would wait for every client to leave.
    stopSignal: 'SIGINT',
    graceMs: GRACE_MS,
    ...ofPlace(options, account),
  });
  try {
    await child.waitUntilReady(() => answersStartup(port), READY_MS);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return child;
}

function ofPlace(options: PostgresOptions, account: Account | undefined): Partial<ChildOptions> {
  return {
    ...(account === undefined ? {} : { account }),
    ...(options.log === undefined ? {} : { log: options.log }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}

/** URL-safe, so that it needs no escaping in a connection string. */
function password(): string {
  return randomBytes(24).toString('base64url');
}
