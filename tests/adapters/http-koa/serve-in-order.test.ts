import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import Koa from 'koa';
import { limitedServer } from '../../../adapters/http-koa/index.ts';
import { listenOnLoopback, type Listening } from '../../support/http-loopback.ts';
import { textOf } from '../../support/http-message.ts';
import { exchange } from '../../support/raw-http-client.ts';

const request = (path: string, ...headers: readonly string[]): string =>
  [`GET ${path} HTTP/1.1`, 'host: x', ...headers, '', ''].join('\r\n');

describe('requests of one connection', () => {
  let server: Listening;
  const carriedOut: string[] = [];
  beforeAll(async () => {
    const app = new Koa();
    app.use(async (ctx) => {
      await delay(50);
      carriedOut.push(ctx.path);
      ctx.body = ctx.path;
    });
    server = await listenOnLoopback(limitedServer(app));
  });
  afterAll(() => server.close());

  it('are never told that they are refused for the bytes that follow them', async () => {
    const received = await exchange(server.port, [`${request('/done')}no request\r\n\r\n`]);
    await delay(100);
    expect(carriedOut).toContain('/done');
    expect(textOf(received)).toBe('');
  });

  it.for([
    ['400 Bad Request', ['x: no host']],
    ['417 Expectation Failed', ['host: x', 'expect: the unexpected']],
  ] as const)(
    'are refused once, with a %s, where what follows is no request either',
    async ([status, headers]) => {
      const head = ['POST /refused HTTP/1.1', ...headers, 'transfer-encoding: chunked', '', ''].join('\r\n');
      const received = textOf(
        await exchange(server.port, [`${head}1;${'x'.repeat(20_000)}\r\nx\r\n0\r\n\r\n`]),
      );
      expect(received).toMatch(new RegExp(`^(HTTP/1\\.1 ${status}\r\nconnection: close\r\n[^]*)?$`, 'i'));
      expect(received.match(/HTTP/g) ?? []).toHaveLength(received === '' ? 0 : 1);
      expect(carriedOut).not.toContain('/refused');
    },
  );

  it('end, and begin no more work, where too many wait for the answer before', async () => {
    carriedOut.length = 0;
    const many = Array.from({ length: 1_000 }, (_, index) => request(`/${index}`)).join('');
    expect(textOf(await exchange(server.port, [many]))).toBe('');
    await delay(100);
    expect(carriedOut).toHaveLength(8);
  });

  it('are refused for their own bytes', async () => {
    const received = textOf(await exchange(server.port, ['no request\r\n\r\n']));
    expect(received).toBe('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });

  it('get no 100 Continue into the answer before', async () => {
    const second = request('/second', 'expect: 100-continue', 'connection: close');
    const received = textOf(await exchange(server.port, [`${request('/first')}${second}`]));
    const [one = '', two = ''] = received.split('/first');
    expect(one).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(two).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\/second$/s);
  });

  it('are told to go on where nothing is in front', async () => {
    const only = request('/only', 'expect: 100-continue', 'connection: close');
    expect(textOf(await exchange(server.port, [only]))).toMatch(
      /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/,
    );
  });
});
