import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { startGateway, type Gateway, type GatewayOptions } from '../../dev/lambda/gateway.ts';
import { alive } from './processes.ts';
import { rawRequest } from './raw-request.ts';

const TOY = fileURLToPath(new URL('./fixtures/lambda-toy', import.meta.url));
const BROKEN = fileURLToPath(new URL('./fixtures/lambda-broken', import.meta.url));

const started: Gateway[] = [];
const log: string[] = [];

type Options = Partial<Omit<GatewayOptions, 'function'>> & {
  readonly function?: Partial<GatewayOptions['function']>;
};

async function start(options: Options = {}): Promise<Gateway> {
  const gateway = await startGateway({
    kind: 'http-api',
    ...options,
    function: {
      taskRoot: TOY,
      env: {},
      initTimeoutMs: 25_000,
      log: (line) => log.push(line),
      ...options.function,
    },
  });
  started.push(gateway);
  return gateway;
}

afterEach(async () => {
  const pids = started.flatMap(({ environments }) => environments.map(({ pid }) => pid));
  await Promise.all(started.splice(0).map((gateway) => gateway.stop()));
  expect(alive(pids)).toEqual([]);
  log.length = 0;
});

interface Seen {
  readonly pid: number;
  readonly count: number;
}

async function seen(url: string, path = '/'): Promise<Seen> {
  const response = await fetch(url + path);
  expect(response.status).toBe(200);
  return (await response.json()) as Seen;
}

describe('a gateway', () => {
  it('starts a function on the first request and uses it again for the next', async () => {
    const gateway = await start();
    const first = await seen(gateway.url);
    const second = await seen(gateway.url);
    expect([first.count, second.count]).toEqual([1, 2]);
    expect(second.pid).toBe(first.pid);
    expect(gateway).toMatchObject({ coldStarts: 1, invocations: 2 });
  });

  it('starts another for a request beside the first, and no more than it may', async () => {
    const gateway = await start({ function: { maxEnvironments: 2 } });
    await Promise.all(['/slow', '/slow', '/slow', '/slow'].map((path) => seen(gateway.url, path)));
    expect(gateway).toMatchObject({ coldStarts: 2, invocations: 4 });
    expect(gateway.environments).toHaveLength(2);
  });

  it.each(['rest', 'http-api'] as const)(
    'makes an event of a %s out of the bytes of a request, and an answer out of the result',
    async (kind) => {
      const gateway = await start({ kind });
      const answer = await rawRequest(gateway.url, 'http://elsewhere/api/%61/event?a=1&a=%20', {
        method: 'POST',
        headers: ['Content-Type', 'application/webhook+json', 'X-One', 'a', 'x-one', 'b\xe9'],
        body: Buffer.from([0x7b, 0xff, 0x7d]),
      });
      expect(answer.status).toBe(200);
      const event: unknown = JSON.parse(answer.body.toString());
      expect(event).toMatchObject({ body: 'e/99', isBase64Encoded: true });
      expect(event).toMatchObject(
        kind === 'rest'
          ? {
              path: '/api/%61/event',
              multiValueHeaders: { 'X-One': ['a'], 'x-one': ['b\xe9'], 'X-Forwarded-For': ['127.0.0.1'] },
              requestContext: { identity: { sourceIp: '127.0.0.1' } },
            }
          : {
              rawPath: '/api/a/event',
              rawQueryString: 'a=1&a=%20',
              headers: { 'x-one': 'a,b\xe9', 'x-forwarded-for': '127.0.0.1' },
              requestContext: { http: { sourceIp: '127.0.0.1' } },
            },
      );
      const teapot = await fetch(`${gateway.url}/teapot`);
      expect([teapot.status, teapot.headers.get('x-tea'), await teapot.text()]).toEqual([418, 'green', 'hi']);
    },
  );

  it.each([
    ['rest', 502, '{"message":"Internal server error"}'],
    ['http-api', 500, '{"message":"Internal Server Error"}'],
  ] as const)('answers of a %s that the function failed: %s', async (kind, status, text) => {
    const gateway = await start({ kind });
    for (const path of ['/throw', '/malformed', '/split', '/big', '/exit']) {
      const response = await fetch(gateway.url + path);
      expect([response.status, await response.text()], path).toEqual([status, text]);
    }
    expect(gateway.coldStarts).toBe(1);
    expect((await seen(gateway.url)).count).toBe(1); // after the exit in an environment of its own
    expect(gateway.coldStarts).toBe(2);
  });

  it('answers that a function cannot start, and tries again with the next request', async () => {
    const gateway = await start({ function: { taskRoot: BROKEN } });
    expect((await fetch(gateway.url)).status).toBe(500);
    expect((await fetch(gateway.url)).status).toBe(500);
    expect(gateway.coldStarts).toBe(2);
    expect(gateway.environments).toEqual([]);
  });

  it.each([
    ['rest', 504, '{"message":"Endpoint request timed out"}'],
    ['http-api', 503, '{"message":"Service Unavailable"}'],
  ] as const)('of kind %s answers in time when the function does not: %s', async (kind, status, text) => {
    const gateway = await start({ kind, timeoutMs: 1_500 });
    await expect.poll(async () => (await fetch(gateway.url)).status, { timeout: 20_000 }).toBe(200); // started
    const response = await fetch(`${gateway.url}/hang`);
    expect([response.status, await response.text()]).toEqual([status, text]);
  });

  it.each([
    ['rest', 413],
    ['http-api', 413],
  ] as const)(
    'of kind %s refuses what is too large for itself or for the function: %s',
    async (kind, status) => {
      const gateway = await start({ kind });
      for (const size of [10 * 1024 * 1024 + 1, 7 * 1024 * 1024]) {
        const response = await fetch(gateway.url, { method: 'POST', body: new Uint8Array(size) });
        expect(response.status).toBe(status);
      }
    },
  );

  it('of an HTTP API takes 10,240 bytes of request line and headers', async () => {
    const gateway = await start();
    const bare = `GET / HTTP/1.1\r\nhost: ${new URL(gateway.url).host}\r\nx: \r\nConnection: close\r\n`
      .length;
    const fits = await rawRequest(gateway.url, '/', { headers: ['x', 'a'.repeat(10_240 - bare)] });
    const over = await rawRequest(gateway.url, '/', { headers: ['x', 'a'.repeat(10_241 - bare)] });
    expect([fits.status, over.status]).toEqual([200, 431]);
    expect(gateway.invocations).toBe(1);
  });

  it('lets an invocation run to its end when the caller goes away', async () => {
    const gateway = await start();
    await seen(gateway.url);
    const socket = connect({ port: gateway.port, host: '127.0.0.1' });
    await once(socket, 'connect');
    socket.write('GET /slow HTTP/1.1\r\nhost: a\r\n\r\n');
    await expect.poll(() => gateway.invocations, { timeout: 10_000 }).toBe(2);
    socket.resetAndDestroy();
    await expect.poll(() => log, { timeout: 10_000 }).toContain('slow is done');
    await gateway.environments[0]?.freeze(); // it has answered, and asked for the next
    expect((await seen(gateway.url)).count).toBe(3);
  });

  it('freezes an environment between requests', async () => {
    const gateway = await start();
    await seen(gateway.url);
    await delay(1_000);
    const { longestGapMs } = (await seen(gateway.url)) as Seen & { longestGapMs: number };
    expect(longestGapMs).toBeGreaterThan(400); // of about 5 while running
  });

  it('can be stopped during a cold start and during an invocation', async () => {
    const cold = await start();
    const warm = await start();
    await seen(warm.url);
    const answers = Promise.allSettled([fetch(cold.url), fetch(`${warm.url}/hang`)]);
    await delay(100);
    const [{ pid } = { pid: 0 }] = warm.environments;
    await Promise.all([cold.stop(), warm.stop()]);
    expect(alive([pid])).toEqual([]);
    for (const answer of await answers) expect(answer.status).toBe('rejected');
    started.length = 0;
  });
});
