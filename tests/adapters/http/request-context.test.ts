import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../adapters/http/index.ts';
import { requestContext } from '../../../adapters/http/request-context.ts';
import { CountingIds } from '../../support/counting-ids.ts';
import type { RawHeader } from '../../support/http-message.ts';
import { openStage, toHttpRequest } from '../../support/http-stage.ts';

const PEER = '192.0.2.7';
const context = (
  headers: readonly RawHeader[],
  more: { readonly hops?: number; readonly peer?: string | undefined } = {},
): ReturnType<typeof requestContext> => {
  const request: HttpRequest = {
    ...toHttpRequest({ method: 'GET', target: '/', headers }),
    peerAddress: 'peer' in more ? more.peer : PEER,
  };
  return requestContext(request, new CountingIds(), more.hops ?? 0);
};

describe('the request id', () => {
  it.for(['a', 'A-Za-z0-9._-', 'x'.repeat(64), '0', '.', '-'])('is the caller’s where it is %j', (id) => {
    expect(context([['x-request-id', id]]).requestId).toBe(id);
  });

  it.for(['', ' ', 'a b', 'x'.repeat(65), 'a\tb', 'a,b', '<a>', 'ä', 'a/b', '${a}', '"a"', 'a\u0000'])(
    'is a new one where the caller’s is %j',
    (id) => {
      expect(context([['x-request-id', id]]).requestId).toBe('r-00000001');
    },
  );

  it('is a new one where the caller sent none, or two', () => {
    expect(context([]).requestId).toBe('r-00000001');
    const twice = context([
      ['x-request-id', 'one'],
      ['X-Request-Id', 'one'],
    ]);
    expect(twice.requestId).toBe('r-00000001');
  });

  it('is on every answer, whatever the answer is', async () => {
    const { platform } = await openStage();
    for (const target of [
      '/',
      '/api/health',
      '/api/session/start',
      '/livekit/webhook',
      '/api/agent/register',
    ]) {
      for (const method of ['GET', 'POST', 'HEAD', 'TRACE']) {
        const headers = [['x-request-id', 'the-caller-s']] as const;
        const { headers: answered } = await platform.handler(toHttpRequest({ method, target, headers }));
        expect([method, target, answered['x-request-id']]).toEqual([method, target, 'the-caller-s']);
      }
    }
  });
});

describe('the source address', () => {
  const forwarded = (...values: readonly string[]): readonly RawHeader[] =>
    values.map((value) => ['x-forwarded-for', value]);

  it('is the peer’s, and nothing the caller wrote', () => {
    expect(context(forwarded('203.0.113.9')).sourceIp).toBe(PEER);
    expect(context([], { peer: '::ffff:192.0.2.1' }).sourceIp).toBe('192.0.2.1');
    expect(context([], { peer: '2001:db8::1' }).sourceIp).toBe('2001:db8::1');
    expect(context([], { peer: undefined }).sourceIp).toBeUndefined();
  });

  it('is the n-th from the right behind n proxies: what stands further left the caller wrote', () => {
    const headers = forwarded('203.0.113.66, 203.0.113.1', '203.0.113.2');
    expect(context(headers, { hops: 1 }).sourceIp).toBe('203.0.113.2');
    expect(context(headers, { hops: 2 }).sourceIp).toBe('203.0.113.1');
    expect(context(headers, { hops: 3 }).sourceIp).toBe('203.0.113.66');
  });

  it('is the peer’s where the proxies did not say, or said what is no address', () => {
    expect(context([], { hops: 1 }).sourceIp).toBe(PEER);
    expect(context(forwarded('203.0.113.1'), { hops: 2 }).sourceIp).toBe(PEER);
    for (const text of ['', 'unknown', '_hidden', '<script>', '203.0.113.1:80 x', '1'.repeat(46)]) {
      expect(context(forwarded(text), { hops: 1 }).sourceIp).toBe(PEER);
    }
  });
});

describe('the user agent', () => {
  it('is what the caller sent, cut short', () => {
    expect(context([['user-agent', 'x'.repeat(1000)]]).userAgent).toBe('x'.repeat(256));
    expect(context([]).userAgent).toBeUndefined();
    expect(
      context([
        ['user-agent', 'a'],
        ['user-agent', 'b'],
      ]).userAgent,
    ).toBeUndefined();
  });

  it.for([
    '0e500000-0000-4000-8000-0000000000ad',
    '0E500000-0000-4000-8000-0000000000AD',
    'tool/0e500000-0000-4000-8000-0000000000ad;x',
    'user=ada%40example.test',
    'ada%2540example.test',
  ])('goes on record without the word %j', (word) => {
    const { userAgent } = context([['user-agent', `tool/1.0 ${word} (linux)`]]);
    expect(userAgent).toBe('tool/1.0 [redacted] (linux)');
  });

  it.for([
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    'azsdk-js/1.2.3 (100%4; 20261121-0000-4000-8000)',
  ])('is kept as it is where it names nobody: %j', (agent) => {
    expect(context([['user-agent', agent]]).userAgent).toBe(agent);
  });

  it('goes on record without an e-mail address and without a token', () => {
    const agent = 'tool/1.0 (ada@example.test) eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.sig key=eyJhbGci';
    expect(context([['user-agent', agent]]).userAgent).toBe('tool/1.0 [redacted] [redacted] [redacted]');
    expect(context([['user-agent', `${'x'.repeat(250)}ada@example.test`]]).userAgent).toBe('[redacted]');
  });
});
