import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import Koa from 'koa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { limitedServer, platformRouter } from '../../../adapters/http-koa/index.ts';
import { holds } from '../../support/arbitraries.ts';
import { openKoaHost, type KoaHost } from '../../support/http-koa-host.ts';
import { listenOnLoopback } from '../../support/http-loopback.ts';
import { textOf, utf8 } from '../../support/http-message.ts';
import { RecordingHandler } from '../../support/http-recording-handler.ts';
import { abandon, encodeRequest, exchange, parseResponse, sendRaw } from '../../support/raw-http-client.ts';

const TARGET = '/livekit/webhook';
const CHUNKED = `POST ${TARGET} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n`;
const announcing = (length: number): string =>
  `POST ${TARGET} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${length}\r\n\r\n`;

describe('the Koa host on a socket', () => {
  const recorder = new RecordingHandler();
  let host: KoaHost;
  beforeAll(async () => {
    host = await openKoaHost(recorder.handler);
  });
  afterEach(() => {
    recorder.reset();
  });
  afterAll(() => host.close());

  /** That it still works, and that nothing else reached the handler meanwhile. */
  const expectAliveAndUntouched = async (): Promise<void> => {
    expect(recorder.requests).toEqual([]);
    expect((await sendRaw(host.port, { method: 'GET', target: '/api/health' })).status).toBe(200);
    expect(recorder.takeOnly().path).toBe('/api/health');
  };

  it('puts a chunked body together, however it is cut', () =>
    holds(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 6 }),
      async (chunks) => {
        const framed = chunks.flatMap((chunk) => [`${chunk.length.toString(16)}\r\n`, chunk, '\r\n']);
        const response = parseResponse(await exchange(host.port, [CHUNKED, ...framed, '0\r\n\r\n']));
        expect(response.status).toBe(200);
        expect(Buffer.from(recorder.takeOnly().body)).toEqual(Buffer.concat(chunks));
      },
      { numRuns: 30 },
    ));

  it(
    'refuses a body in single bytes long before it is complete: each would cost memory and time',
    { timeout: 60_000 },
    async () => {
      const attack = CHUNKED + '1\r\nx\r\n'.repeat(60_000);
      const answers = await Promise.all(Array.from({ length: 20 }, () => exchange(host.port, [attack])));
      for (const answer of answers) {
        expect(parseResponse(answer).status).toBe(200); // the recorder's: a host only says that it was too large
      }
      expect(recorder.requests.map(({ body }) => body)).toEqual(Array(20).fill('too_large'));
      recorder.reset();
    },
  );

  it('waits for a body that comes slowly, and takes it whole', async () => {
    const pieces = ['{"id"', ':"EV_', '1"}'];
    await exchange(host.port, [announcing(pieces.join('').length), ...pieces], 60);
    expect(textOf(bytesOf(recorder))).toBe(pieces.join(''));
  });

  it('gives up on a body that never comes, and asks nobody about it', async () => {
    const impatient = await openKoaHost(recorder.handler, { headersTimeout: 1_000, requestTimeout: 1_000 });
    const answer = parseResponse(await exchange(impatient.port, [announcing(100), 'half']));
    await impatient.close();
    expect(answer.status).toBe(408);
    await expectAliveAndUntouched();
  });

  it('drops an upload that breaks off, and asks nobody about it', async () => {
    await Promise.all([
      abandon(host.port, `${announcing(1000)}half`, 20),
      abandon(host.port, `${CHUNKED}5\r\nab`, 20),
      abandon(host.port, announcing(1000), 0),
      abandon(host.port, `POST ${TARGET} HTT`, 0),
    ]);
    await delay(50);
    await expectAliveAndUntouched();
  });

  it.for([100_000, 5_000_000])(
    'answers an upload of %i bytes without reading it to the end',
    async (size) => {
      recorder.answer = { status: 413, headers: { 'x-request-id': 'r' }, body: utf8('too large') };
      const outcomes = await Promise.all([
        exchange(host.port, [announcing(size), new Uint8Array(size)]),
        exchange(host.port, [CHUNKED, `${size.toString(16)}\r\n`, new Uint8Array(size), '\r\n0\r\n\r\n']),
      ]);
      for (const response of outcomes.map(parseResponse)) {
        expect([response.status, textOf(response.body)]).toEqual([413, 'too large']);
        expect(response.headers.get('connection')).toEqual(['close']);
      }
      expect(recorder.requests.map(({ body }) => body)).toEqual(['too_large', 'too_large']);
    },
  );

  it('ends the connection after a body it has not read, also of a client that would keep it', async () => {
    const kept = announcing(100_000).replace('connection: close\r\n', '');
    const response = parseResponse(await exchange(host.port, [kept, new Uint8Array(80_000)]));
    expect(response.headers.get('connection')).toEqual(['close']);
    expect(recorder.takeOnly().body).toBe('too_large');
  });

  it('answers an upload that announces too much before it sends the rest', async () => {
    const started = announcing(50_000_000);
    const response = parseResponse(await exchange(host.port, [started, new Uint8Array(70_000)]));
    expect([response.status, recorder.takeOnly().body]).toEqual([200, 'too_large']);
  });

  it.for([
    ['http://lkps.test/api/health?x=1', '/api/health'],
    ['https://elsewhere.test:8443/api/health', '/api/health'],
    ['HTTP://lkps.test/api/he%61lth', '/api/he%61lth'],
    ['http://lkps.test', '/'],
    ['http://lkps.test?x=1', '/'],
    ['http://[::1/api/health', '/api/health'],
    ['http://user:password@lkps.test/api/health', '/api/health'],
    ['*', '*'],
    ['/api/health#fragment', '/api/health#fragment'],
    ['/api\\health', '/api\\health'],
  ])('takes the target %s for the path %s', async ([target = '', path]) => {
    const method = target === '*' ? 'OPTIONS' : 'GET';
    expect((await sendRaw(host.port, { method, target })).status).toBe(200);
    expect(recorder.takeOnly().path).toBe(path);
  });

  it('answers several requests of one connection in their order', async () => {
    const first = Buffer.from(encodeRequest({ method: 'POST', target: '/one', body: utf8('1') }));
    const kept = first.toString('latin1').replace('connection: close\r\n', '');
    const last = encodeRequest({ method: 'POST', target: '/two', body: utf8('2') });
    const received = textOf(await exchange(host.port, [kept, kept, last]));
    expect(received.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
    expect(recorder.requests.map(({ path }) => path)).toEqual(['/one', '/one', '/two']);
  });

  it('tells a client that asks first to go on', async () => {
    const request = announcing(2).replace('\r\n\r\n', '\r\nexpect: 100-continue\r\n\r\n');
    const received = textOf(await exchange(host.port, [request, '{}'], 20));
    expect(received).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
    expect(textOf(bytesOf(recorder))).toBe('{}');
  });

  it('survives any bytes', async () => {
    const texts = fc.string().map((text) => utf8(`${announcing(5)}${text}`));
    await holds(fc.oneof(fc.uint8Array({ maxLength: 300 }), texts), (bytes) => abandon(host.port, bytes, 5), {
      numRuns: 40,
    });
    expect((await sendRaw(host.port, { method: 'GET', target: '/' })).status).toBe(200);
  });
});

describe('the platform inside somebody else’s Koa application', () => {
  it('answers its own paths, and leaves all others to the application', async () => {
    const recorder = new RecordingHandler();
    const app = new Koa();
    app.use(platformRouter(recorder.handler).routes());
    app.use((ctx) => {
      ctx.body = 'mine';
    });
    const { port, close } = await listenOnLoopback(limitedServer(app));
    try {
      const bodyAt = async (target: string): Promise<string> =>
        textOf((await sendRaw(port, { method: 'GET', target })).body);
      for (const path of ['/api/agent/register', '/api/session/start', '/api/health', '/livekit/webhook']) {
        expect(await bodyAt(path)).toBe('');
        expect(recorder.takeOnly().path).toBe(path);
      }
      for (const path of ['/', '/api/health/', '/API/health', '/api/he%61lth', '/metrics']) {
        expect(await bodyAt(path)).toBe('mine');
      }
      expect(recorder.requests).toEqual([]);
    } finally {
      await close();
    }
  });
});

function bytesOf(recorder: RecordingHandler): Uint8Array {
  const { body } = recorder.takeOnly();
  if (typeof body === 'string') {
    throw new Error(`the body was ${body}`);
  }
  return body;
}
