import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../adapters/http/index.ts';
import { holds } from '../../support/arbitraries.ts';
import { utf8 } from '../../support/http-message.ts';
import { openStage, type Stage } from '../../support/http-stage.ts';

const paths = fc.oneof(
  fc.constantFrom('/api/agent/register', '/api/session/start', '/api/health', '/livekit/webhook'),
  fc.string(),
);
const bodies = fc.oneof(
  fc.constant('too_large' as const),
  fc.uint8Array({ maxLength: 100 }),
  fc.json().map(utf8),
  fc
    .dictionary(fc.constantFrom('agent_entra_app_id', '__proto__', 'x'), fc.jsonValue())
    .map((value) => utf8(JSON.stringify(value))),
);

/** Requests no host would ever hand over, too: any characters in names and values, empty lists, any method. */
function requests({ as }: Stage): fc.Arbitrary<HttpRequest> {
  const callers = (['agent', 'client', 'ada', 'stranger'] as const).map((caller) => as(caller)[1]);
  const entries = fc.oneof(
    fc.tuple(fc.constant('authorization'), fc.array(fc.constantFrom(...callers), { maxLength: 2 })),
    fc.tuple(fc.constantFrom('content-type'), fc.constant(['application/json'])),
    fc.tuple(
      fc.oneof(
        fc.constantFrom('x-request-id', 'content-encoding', 'x-forwarded-for', 'user-agent'),
        fc.string(),
      ),
      fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }),
    ),
  );
  return fc.record({
    method: fc.oneof(fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'get', ''), fc.string()),
    path: paths,
    query: fc.constant(new URLSearchParams()),
    headers: fc.array(entries, { maxLength: 6 }).map((list) => new Map<string, readonly string[]>(list)),
    body: bodies,
    peerAddress: fc.option(fc.string(), { nil: undefined }),
  });
}

describe('whatever the request is', () => {
  it('the handler answers it, never with 500, and with a request id', async () => {
    const stage = await openStage();
    await holds(
      requests(stage),
      async (request) => {
        const response = await stage.platform.handler(request);
        expect(response.status).toBeGreaterThanOrEqual(200);
        expect(response.status).toBeLessThan(500);
        expect(response.headers['x-request-id']).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
        for (const [name, value] of Object.entries(response.headers)) {
          expect(`${name}: ${value}`).toMatch(/^[a-z-]+: [ -~]*$/);
        }
      },
      { numRuns: 500 },
    );
  }, 90_000);

  it('a refused request leaves LiveKit alone', async () => {
    const stage = await openStage();
    await holds(
      requests(stage),
      async (request) => {
        const before = stage.platform.rooms.requests.length;
        const { status } = await stage.platform.handler(request);
        expect(stage.platform.rooms.requests.length - before).toBe(status === 201 ? 1 : 0);
      },
      { numRuns: 300 },
    );
  });
});
