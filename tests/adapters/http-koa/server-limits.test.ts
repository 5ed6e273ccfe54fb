import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { limitedServer, platformApp, type ServerLimits } from '../../../adapters/http-koa/index.ts';
import { listenOnLoopback, type Listening } from '../../support/http-loopback.ts';
import { textOf, utf8 } from '../../support/http-message.ts';
import { RecordingHandler } from '../../support/http-recording-handler.ts';
import { inTime } from '../../support/in-time.ts';
import { encodeRequest, exchange, parseResponse, sendRaw } from '../../support/raw-http-client.ts';

const HEAD = 'POST /livekit/webhook HTTP/1.1\r\nhost: x\r\n';
const HEALTH = { method: 'GET', target: '/api/health' };
/** Short, so that the tests are. */
const SHORT: ServerLimits = { headersTimeout: 400, requestTimeout: 800, connectionsCheckingInterval: 50 };

describe('the server in front of Koa', () => {
  it('has these limits where nobody sets others', () => {
    expect(limitedServer(platformApp(new RecordingHandler().handler))).toMatchObject({
      maxHeaderSize: 16_384,
      headersTimeout: 10_000,
      requestTimeout: 20_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 2_000,
      maxConnections: 1_024,
      maxRequestsPerSocket: 10_000,
      timeout: 30_000,
    });
  });

  const recorder = new RecordingHandler();
  let server: Listening;
  const open = (limits: ServerLimits = {}): Promise<Listening> =>
    listenOnLoopback(limitedServer(platformApp(recorder.handler), { ...SHORT, ...limits }));
  beforeAll(async () => {
    server = await open();
  });
  afterEach(() => {
    recorder.reset();
  });
  afterAll(() => server.close());

  /** What Node says by itself: a status line, and nothing about the service or what was sent. */
  const expectBare = (received: Uint8Array, status: number): void => {
    expect(textOf(received)).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} [A-Za-z ]+\\r\\n(connection: close\\r\\n)?\\r\\n$`, 'i'),
    );
    expect(recorder.requests).toEqual([]);
  };
  const expectAlive = async (): Promise<void> => {
    expect((await sendRaw(server.port, HEALTH)).status).toBe(200);
  };

  it('ends headers that never end', async () => {
    const drops = Array.from({ length: 40 }, (_, index) => `x-${index}: y\r\n`);
    const [one, many] = await Promise.all([
      exchange(server.port, [HEAD]),
      exchange(server.port, [HEAD, ...drops], 50),
    ]);
    expectBare(one, 408);
    expectBare(many, 408);
    await expectAlive();
  });

  it('ends a body that comes in drops', async () => {
    const drops = Array.from({ length: 40 }, () => 'x');
    const received = await exchange(server.port, [`${HEAD}content-length: 1000\r\n\r\n`, ...drops], 50);
    expectBare(received, 408);
  });

  it('ends a connection that says nothing at all', async () => {
    expectBare(await inTime(3_000, () => exchange(server.port, [''])), 408);
  });

  it('serves others while many are slow', async () => {
    const slow = Array.from({ length: 100 }, () =>
      exchange(server.port, [`${HEAD}content-length: 1000\r\n\r\nhalf`]),
    );
    await delay(100);
    await expectAlive();
    recorder.reset();
    for (const received of await Promise.all(slow)) {
      expectBare(received, 408);
    }
  });

  it.for([
    ['a huge header', `${HEAD}x: ${'y'.repeat(17_000)}\r\n\r\n`],
    ['a huge name', `${HEAD}${'y'.repeat(17_000)}: x\r\n\r\n`],
    ['a huge target', `GET /${'y'.repeat(17_000)} HTTP/1.1\r\nhost: x\r\n\r\n`],
    ['many headers', `${HEAD}${'some-header: with a value\r\n'.repeat(1_000)}\r\n`],
  ])('refuses %s', async ([, request = '']) => {
    expectBare(await exchange(server.port, [request]), 431);
    await expectAlive();
  });

  it.for([129, 990, 1_100, 2_500])('refuses %i small headers, and drops none of them', async (count) => {
    const request = `${HEAD}connection: close\r\n${'a:\r\n'.repeat(count - 2)}\r\n`;
    const { status, body, headers } = parseResponse(await exchange(server.port, [request]));
    expect([status, textOf(body), headers.get('connection')]).toEqual([431, '', ['close']]);
    expect(headers.get('content-type')).toBeUndefined();
    expect(recorder.requests).toEqual([]);
  });

  it('takes as many headers as a proxy adds to those of a client', async () => {
    const request = `${HEAD}connection: close\r\n${'a: b\r\n'.repeat(126)}\r\n`;
    expect(parseResponse(await exchange(server.port, [request])).status).toBe(200);
    expect(recorder.takeOnly().headers.get('a')).toHaveLength(126);
  });

  it.for([
    ['a chunk size of no number', 'transfer-encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n'],
    ['a chunk size beyond all numbers', `transfer-encoding: chunked\r\n\r\n${'f'.repeat(20)}\r\nx`],
    ['a chunk longer than it says', 'transfer-encoding: chunked\r\n\r\n1\r\nxx\r\n0\r\n\r\n'],
    ['a length and chunks', 'content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'content-length: 3\r\ncontent-length: 4\r\n\r\nabcd'],
    ['a negative length', 'content-length: -1\r\n\r\n'],
    ['a length of no number', 'content-length: 0x10\r\n\r\n'],
    ['chunks that are not last', 'transfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n'],
    ['a folded header', 'x: a\r\n b\r\n\r\n'],
    ['a space before the colon', 'client-id : x\r\n\r\n'],
    ['a header of no name', ': x\r\n\r\n'],
    ['a null byte', 'x: a\0b\r\n\r\n'],
    ['a bare carriage return', 'x: a\rb: c\r\n\r\n'],
  ])('refuses %s: what two readers understand differently is an attack', async ([, rest = '']) => {
    expectBare(await exchange(server.port, [`${HEAD}${rest}`]), 400);
    await expectAlive();
  });

  it('refuses chunk extensions without end', async () => {
    const request = `${HEAD}transfer-encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}\r\nx\r\n0\r\n\r\n`;
    expectBare(await exchange(server.port, [request]), 413);
  });

  it.for([
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('refuses %s', async ([, request = '']) => {
    const { status, body } = parseResponse(await exchange(server.port, [request]));
    expect([status, textOf(body)]).toEqual([400, '']);
    expect(recorder.requests).toEqual([]);
  });

  it('opens no tunnel, and no other protocol', async () => {
    expect(await exchange(server.port, ['CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n'])).toHaveLength(0);
    const upgrade = [['upgrade', 'websocket'] as const];
    expect((await sendRaw(server.port, { ...HEALTH, headers: upgrade })).status).toBe(200);
  });

  it('answers a pipeline in its order, and refuses what is behind the last it takes', async () => {
    const short = await open({ maxRequestsPerSocket: 3, keepAliveTimeout: 200 });
    const kept = Buffer.from(encodeRequest({ method: 'POST', target: '/one', body: utf8('1') }))
      .toString('latin1')
      .replace('connection: close\r\n', '');
    try {
      const received = textOf(await exchange(short.port, [kept.repeat(5)]));
      expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual([
        ...Array<string>(3).fill('HTTP/1.1 200'),
        ...Array<string>(2).fill('HTTP/1.1 503'),
      ]);
      expect(recorder.requests).toHaveLength(3);
    } finally {
      await short.close();
    }
  });

  it('ends a connection on which nobody reads the answer', async () => {
    const limited = limitedServer(platformApp(recorder.handler), { ...SHORT, stalledTimeout: 300 });
    const stalled = await listenOnLoopback(limited);
    const ended = new Promise((resolve) => {
      limited.once('connection', (socket) => socket.once('close', resolve));
    });
    const deaf = connect(stalled.port, '127.0.0.1').pause();
    try {
      recorder.answer = { status: 200, headers: {}, body: Buffer.alloc(50_000_000) };
      deaf.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
      await ended;
      expect(deaf.destroyed).toBe(false);
    } finally {
      deaf.destroy();
      await stalled.close();
    }
  });

  it('takes no more connections than its bound, and others once these are gone', async () => {
    const small = await open({ maxConnections: 5, headersTimeout: 10_000, requestTimeout: 10_000 });
    try {
      const idle = Array.from({ length: 5 }, () => connect(small.port, '127.0.0.1'));
      await Promise.all(idle.map((socket) => once(socket, 'connect')));
      expect(await exchange(small.port, [encodeRequest(HEALTH)])).toHaveLength(0);
      const gone = Promise.all(idle.map((socket) => once(socket, 'close')));
      idle.forEach((socket) => socket.destroy());
      await gone;
      await expect
        .poll(async () => (await exchange(small.port, [encodeRequest(HEALTH)])).length, { timeout: 10_000 })
        .toBeGreaterThan(0);
    } finally {
      await small.close();
    }
  });

  it('reads no body while the handler is full', async () => {
    const full = Object.assign(recorder.handler.bind(recorder), { isFull: () => true });
    const busy = await listenOnLoopback(limitedServer(platformApp(full)));
    try {
      const request = `${HEAD}content-length: 50000000\r\n\r\n`;
      const response = parseResponse(await exchange(busy.port, [request]));
      expect(response.headers.get('connection')).toEqual(['close']);
      expect(recorder.takeOnly().body).toBe('not_read');
      await sendRaw(busy.port, HEALTH);
      expect(recorder.takeOnly().body).toEqual(Buffer.alloc(0));
    } finally {
      await busy.close();
    }
  });
});
