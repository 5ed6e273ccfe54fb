import { describe, expect, it } from 'vitest';
import type { HttpResponse } from '../../../adapters/http/index.ts';
import { REGISTER, START } from '../../support/http-case.ts';
import type { RawHeader, RawRequest } from '../../support/http-message.ts';
import { openStage, PAGE, toHttpRequest, type Stage } from '../../support/http-stage.ts';

const SITE = { corsOrigins: [PAGE, 'https://second.example.test:8443'] };
const ASKS: readonly RawHeader[] = [['access-control-request-method', 'POST']];

async function answerTo(request: RawRequest, stage?: Stage): Promise<HttpResponse> {
  const { platform } = stage ?? (await openStage(SITE));
  return platform.handler(toHttpRequest(request));
}

function corsHeadersOf({ headers }: HttpResponse): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.startsWith('access-control-') || name === 'vary'),
  );
}

describe('a preflight', () => {
  it.for([REGISTER, START])('of an allowed origin is told what it may send to %s', async (target) => {
    for (const origin of SITE.corsOrigins) {
      const response = await answerTo({ method: 'OPTIONS', target, headers: [['origin', origin], ...ASKS] });
      expect([response.status, response.body.length]).toEqual([204, 0]);
      expect(corsHeadersOf(response)).toEqual({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'authorization, content-type, idempotency-key, x-request-id',
        'access-control-max-age': '600',
        vary: 'origin',
      });
    }
  });

  it('asks nobody who is calling, and leaves no record', async () => {
    const stage = await openStage({ ...SITE, failing: 'identity' });
    const before = stage.platform.audit.events.length;
    const response = await answerTo({ method: 'OPTIONS', target: START, headers: [['origin', PAGE]] }, stage);
    expect([response.status, stage.platform.audit.events.length]).toEqual([204, before]);
  });

  it.for<readonly [string, readonly RawHeader[]]>([
    ['no origin', []],
    ['another origin', [['origin', 'https://evil.example.test']]],
    ['an origin that begins like it', [['origin', `${PAGE}.evil.test`]]],
    ['an origin that ends like it', [['origin', `https://evil-${PAGE.slice('https://'.length)}`]]],
    ['another scheme', [['origin', PAGE.replace('https', 'http')]]],
    ['another port', [['origin', `${PAGE}:444`]]],
    ['another case', [['origin', PAGE.toUpperCase()]]],
    ['a path behind it', [['origin', `${PAGE}/`]]],
    ['the opaque origin', [['origin', 'null']]],
    ['a wildcard', [['origin', '*']]],
    [
      'two origins',
      [
        ['origin', PAGE],
        ['origin', PAGE],
      ],
    ],
    ['two origins in one', [['origin', `${PAGE}, ${PAGE}`]]],
  ])('of %s is allowed nothing', async ([, headers]) => {
    const response = await answerTo({ method: 'OPTIONS', target: START, headers: [...headers, ...ASKS] });
    expect(response.status).toBe(204);
    expect(corsHeadersOf(response)).toEqual({ vary: 'origin' });
  });
});

describe('an answer to a page', () => {
  it.for(['client', 'nobody'])(
    'of an allowed origin can be read by it, whatever it says to %s',
    async (who) => {
      const stage = await openStage(SITE);
      const caller: readonly RawHeader[] = who === 'client' ? [stage.as('client')] : [];
      const headers: readonly RawHeader[] = [['origin', PAGE], ...caller];
      const response = await answerTo({ method: 'POST', target: START, headers }, stage);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(corsHeadersOf(response)).toEqual({
        'access-control-allow-origin': PAGE,
        'access-control-expose-headers': 'x-request-id, retry-after',
        vary: 'origin',
      });
    },
  );

  it('of another origin, or to no page at all, only says that it differs by origin', async () => {
    for (const headers of [[], [['origin', 'https://evil.example.test'] as const]]) {
      const response = await answerTo({ method: 'POST', target: START, headers });
      expect(corsHeadersOf(response)).toEqual({ vary: 'origin' });
    }
  });

  it.for(['/api/health', '/livekit/webhook', '/elsewhere'])('is never readable at %s', async (target) => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const response = await answerTo({ method, target, headers: [['origin', PAGE], ...ASKS] });
      expect(corsHeadersOf(response)).toEqual({});
    }
  });

  it('is the same as ever where no origin is configured', async () => {
    const stage = await openStage();
    for (const method of ['OPTIONS', 'POST']) {
      const response = await answerTo({ method, target: START, headers: [['origin', PAGE], ...ASKS] }, stage);
      expect(corsHeadersOf(response)).toEqual({});
      expect(response.status).toBe(method === 'OPTIONS' ? 405 : 401);
    }
  });
});
