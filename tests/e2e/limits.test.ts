import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLkps, type Lkps } from '../../dev/lkps.ts';
import { probeStatus } from '../../dev/process/http-probe.ts';
import { eventually } from '../support/eventually.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';
import { tookMs } from '../support/unstalled.ts';

type Headers = Readonly<Record<string, string>>;

/** The real service with limits low enough to meet, and its secrets in files. */
describe('the limits of the running service', () => {
  let fixture: StackFixture;
  let service: Lkps;
  let directory: string;
  beforeAll(async () => {
    fixture = await openStack({ agent: false });
    directory = mkdtempSync(join(tmpdir(), 'lkps-limits-'));
    const {
      LKPS_PROXY_SECRETS: proof = '',
      LKPS_DATABASE_URL: database = '',
      ...others
    } = fixture.stack.lkpsEnv;
    const inFile = (name: string, text: string): string => {
      const path = join(directory, name);
      writeFileSync(path, `${text}\n`, { mode: 0o600 });
      return path;
    };
    const env = {
      ...others,
      LKPS_PROXY_SECRETS_FILE: inFile('proof', proof),
      LKPS_DATABASE_URL_FILE: inFile('database', database),
      LKPS_RATE_LIMIT_CALLER: '3/60',
      LKPS_RATE_LIMIT_CLIENT: '5/60',
      LKPS_REFUSAL_ROWS: '4/60',
      LKPS_MAX_IN_FLIGHT: '4',
    };
    service = await startLkps({ env });
  });
  afterAll(async () => {
    await service.stop();
    rmSync(directory, { recursive: true });
    await fixture.close();
  });

  const caller = (user: 'ada' | 'zoe'): Headers => {
    const { accounts, proof } = fixture.stack;
    return {
      [proof.header]: proof.value,
      'client-id': accounts.apps['client-a'].clientId,
      'user-id': accounts.users[user].objectId,
    };
  };
  const register = async (headers: Headers): Promise<readonly [number, string | null]> => {
    const response = await fetch(`${service.url}/api/agent/register`, { method: 'POST', headers });
    await response.arrayBuffer();
    return [response.status, response.headers.get('retry-after')];
  };
  const inTurn = async (headers: Headers, times: number): Promise<readonly number[]> => {
    const statuses: number[] = [];
    for (let count = 0; count < times; count += 1) {
      statuses.push((await register(headers))[0]);
    }
    return statuses;
  };
  const rows = async (reason: string): Promise<number> =>
    (await fixture.sql('select 1 from audit_events where reason = $1', [reason])).length;
  const whileLocked = async (lock: string, look: () => Promise<void>): Promise<void> => {
    await fixture.sql('begin');
    try {
      await fixture.sql(lock);
      await look();
    } finally {
      await fixture.sql('rollback');
    }
  };

  it('hold for one user, and for their client with all its users, with one row each', async () => {
    expect(await inTurn(caller('ada'), 6)).toEqual([403, 403, 403, 429, 429, 429]);
    expect(await inTurn(caller('zoe'), 3)).toEqual([403, 403, 429]);
    const [status, retryAfter] = await register(caller('ada'));
    expect(status).toBe(429);
    expect(Number(retryAfter)).toBeGreaterThan(0);
    expect(Number(retryAfter)).toBeLessThanOrEqual(60);
    expect([await rows('caller_rate_limited'), await rows('client_rate_limited')]).toEqual([1, 1]);
  });

  it('hold for the rows of those who prove nothing: the answer stays the same', async () => {
    expect(await inTurn({}, 20)).toEqual(Array(20).fill(401));
    expect([await rows('proxy_proof_missing'), await rows('refusals_left_out')]).toEqual([4, 1]);
  });

  it('hold for requests in flight: one more is refused at once, and health is heard all the same', async () => {
    const start = (): Promise<Response> => fetch(`${service.url}/api/session/start`, { method: 'POST' });
    const answered: Response[] = [];
    let asked: readonly Promise<unknown>[] = [];
    const startedMs = performance.now();
    await whileLocked('lock table audit_events in share row exclusive mode', async () => {
      // Four of them wait to put their refusal on record.
      asked = Array.from({ length: 24 }, async () => answered.push(await start()));
      const others = eventually(
        () => Promise.resolve(answered.length),
        (count) => count >= 20,
      );
      expect(await tookMs(others, () => probeStatus(`${service.url}/api/health`))).toBeLessThan(1_000);
      expect((await fetch(`${service.url}/api/health`)).status).toBe(200);
    });
    const refused = answered.slice(0, 20);
    for (const response of refused) {
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await response.json()).toMatchObject({ code: 'overloaded' });
    }
    await Promise.all(asked);
    const held = answered.slice(20).map(({ status }) => (isLate(startedMs) && status === 503 ? 401 : status));
    expect(held).toEqual([401, 401, 401, 401]);
    expect((await start()).status).toBe(401);
  });

  it('leave other clients half of what is in flight, while the work of one is slow', async () => {
    const { accounts, proof } = fixture.stack;
    const another = await fixture.stack.startLkps({ LKPS_MAX_IN_FLIGHT: '4' });
    const ask = async (path: string, app: keyof typeof accounts.apps, body: object = {}): Promise<number> => {
      const { clientId, servicePrincipalId } = accounts.apps[app];
      const caller = { 'client-id': clientId, 'user-id': servicePrincipalId };
      const headers = { [proof.header]: proof.value, ...caller, 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      const response = await fetch(`${another.url}${path}`, init);
      await response.arrayBuffer();
      return response.status;
    };
    const register = (app: 'agent-a' | 'agent-b'): Promise<number> => ask('/api/agent/register', app);
    expect(await register('agent-a')).toBe(200);
    await fixture.online('agent-b');

    const { 'agent-a': slow, 'agent-b': reached } = accounts.apps;
    const statuses: number[] = [];
    let asked: readonly Promise<number>[] = [];
    const startedMs = performance.now();
    await whileLocked(`select from agents where client_id = '${slow.clientId}' for update`, async () => {
      asked = Array.from({ length: 10 }, async () => statuses.push(await register('agent-a')));
      await eventually(
        () => Promise.resolve(statuses),
        ({ length }) => length >= 8,
      );
      const body = { agent_entra_app_id: reached.clientId };
      expect(await ask('/api/session/start', 'client-b', body)).toBe(201);
    });
    await Promise.all(asked);
    const slowly = statuses.slice(8).map((status) => (isLate(startedMs) && status === 503 ? 200 : status));
    expect([...statuses.slice(0, 8), ...slowly]).toEqual([...Array<number>(8).fill(503), 200, 200]);
  });
});

/** A store that lets wait for 2 s is one that failed: where the machine takes that long, whoever waits for it is told so. */
function isLate(startedMs: number): boolean {
  return performance.now() - startedMs > 2_000;
}
