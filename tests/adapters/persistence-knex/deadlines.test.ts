import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  DatabaseProbe,
  migrate,
  openDatabase,
  type Database,
} from '../../../adapters/persistence-knex/index.ts';
import { agentIdentity, agentNameOf, parseClientId } from '../../../core/index.ts';
import { auditEvents } from '../../support/arbitraries.ts';
import { asNewEvents, freshSessionId } from '../../support/fresh-ids.ts';
import { inTime } from '../../support/in-time.ts';
import { query, withConnection } from '../../support/postgres-database.ts';
import { startPostgres } from '../../../dev/postgres/server.ts';
import { storesOn, type PostgresStores } from '../../support/postgres-stores.ts';
import { freshConnection } from '../../support/worker-cast.ts';
import { openWire } from '../../support/postgres-wire.ts';

const PROMISED_MS = 2_000;
const subjectKey = randomBytes(32);

describe('a store whose database does not answer', { timeout: 90_000 }, () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  const open: Database[] = [];

  beforeAll(async () => {
    server = await startPostgres();
    await migrate(server);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((db) => db.close()));
  });
  afterAll(() => server.stop());

  const connect = (url: string = server.serviceUrl, maxConnections = 4): Database => {
    const db = openDatabase({ url, maxConnections });
    open.push(db);
    return db;
  };

  it('rejects within 2 s while the whole server stands still, and works again after', async () => {
    const db = connect();
    const stores = storesOn(db, subjectKey);
    const sessionId = freshSessionId();
    await Promise.all(Array.from({ length: 4 }, () => stores.audit.append(someEvents(sessionId))));
    const pids = await serverProcesses(server.superuserUrl);
    const before = (await stores.audit.listBySession(sessionId)).length;

    pids.forEach((pid) => process.kill(pid, 'SIGSTOP'));
    try {
      await Promise.all(
        Array.from({ length: 12 }, () => rejectsInTime(() => stores.audit.append(someEvents(sessionId)))),
      );
      await Promise.all(everyCall(stores).map(rejectsInTime));
      expect(await inTime(PROMISED_MS, () => new DatabaseProbe({ db }).isHealthy())).toBe(false);
    } finally {
      pids.forEach((pid) => process.kill(pid, 'SIGCONT'));
    }

    await expect.poll(() => new DatabaseProbe({ db }).isHealthy(), { timeout: 15_000 }).toBe(true);
    await stores.audit.append(someEvents(sessionId));
    expect((await stores.audit.listBySession(sessionId)).length).toBe(before + 1);
  });

  it('rejects within 2 s when the network swallows everything, and gives up the connections', async () => {
    const wire = await openWire(server.serviceUrl);
    const stores = storesOn(connect(wire.url, 2), subjectKey);
    await Promise.all([1, 2].map(() => stores.audit.append(someEvents())));
    wire.freeze();
    await Promise.all([1, 2, 3].map(() => rejectsInTime(() => stores.audit.append(someEvents()))));
    await stores.audit.append(someEvents());
    await wire.close();
  });

  it('rejects within 2 s when another transaction holds the lock, and what waited is not written later', async () => {
    const stores = storesOn(connect(), subjectKey);
    const sessionId = freshSessionId();
    await withConnection(server.superuserUrl.replace(/\/postgres$/, '/lkps'), async (other) => {
      await other.query('begin; lock table audit_events in access exclusive mode');
      await Promise.all(
        Array.from({ length: 10 }, () => rejectsInTime(() => stores.audit.append(someEvents(sessionId)))),
      );
      expect(await inTime(PROMISED_MS, () => new DatabaseProbe({ db: connect() }).isHealthy())).toBe(false);
      await other.query('rollback');
    });
    expect(await stores.audit.listBySession(sessionId)).toEqual([]);
    await stores.audit.append(someEvents(sessionId));
    expect((await stores.audit.listBySession(sessionId)).length).toBe(1);
  });

  it('rejects within 2 s when the pool is taken', async () => {
    const db = connect(server.serviceUrl, 1);
    const hanging = db
      .transact('sleep', (trx) => trx.raw('select pg_sleep(60)'))
      .catch((error: unknown) => error);
    await rejectsInTime(() => storesOn(db, subjectKey).audit.append(someEvents()));
    expect(await hanging).toMatchObject({ code: 'audit_unavailable' });
    await storesOn(db, subjectKey).audit.append(someEvents());
  });

  it('says so, keeps the process alive, and recovers when the server dies and comes back', async () => {
    const db = connect();
    const stores = storesOn(db, subjectKey);
    const hanging = db
      .transact('sleep', (trx) => trx.raw('select pg_sleep(60)'))
      .catch((error: unknown) => error);
    await stores.audit.append(someEvents());
    await server.halt();
    expect(await hanging).toMatchObject({ code: 'audit_unavailable' });
    await Promise.all(everyCall(stores).map(rejectsInTime));
    expect(await inTime(PROMISED_MS, () => new DatabaseProbe({ db }).isHealthy())).toBe(false);
    await server.start();
    await expect.poll(() => new DatabaseProbe({ db }).isHealthy(), { timeout: 15_000 }).toBe(true);
    await stores.audit.append(someEvents());
  });
});

function someEvents(sessionId = freshSessionId()): ReturnType<typeof asNewEvents> {
  return asNewEvents(fc.sample(auditEvents, 1), { sessionId });
}

function everyCall({
  audit,
  agents,
  sessions,
  cutOffs,
  view,
  workers,
}: PostgresStores): readonly (() => Promise<unknown>)[] {
  const clientId = parseClientId(crypto.randomUUID());
  const at = new Date();
  const key = { sessionId: freshSessionId() };
  const times = { registeredAt: at, expiresAt: at };
  const registered = { ...agentIdentity(clientId), clientAuthorization: 'required' as const, ...times };
  return [
    () => audit.append(someEvents()),
    () => audit.listBySession(key.sessionId),
    () => agents.register(registered, []),
    () => agents.find(agentNameOf(clientId)),
    () => sessions.record(key, [], () => []),
    () => sessions.find(key),
    () => sessions.grant(key.sessionId, [], () => []),
    () => cutOffs.isBlocked(clientId),
    () => cutOffs.revokeAgent(agentNameOf(clientId), { at }, []),
    () => view.listSessions({ limit: 1 }),
    () => workers.admit(freshConnection(), []),
    () => workers.due([freshConnection()]),
    () => workers.isOnline(agentNameOf(clientId)),
  ];
}

async function rejectsInTime(call: () => Promise<unknown>): Promise<void> {
  const failure = await inTime(PROMISED_MS, () => call().catch((error: unknown) => error));
  expect(failure).toMatchObject({ name: 'LkpsError', code: 'audit_unavailable' });
}

/** The server itself and what serves its connections: stopping only the first would leave open connections working. */
async function serverProcesses(superuserUrl: string): Promise<readonly number[]> {
  const rows = await query<{ pid: number }>(
    superuserUrl,
    `select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
  );
  const [postmaster] = await query<{ pid: number }>(
    superuserUrl,
    `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`,
  );
  return [...rows, ...(postmaster === undefined ? [] : [postmaster])].map(({ pid }) => pid);
}
