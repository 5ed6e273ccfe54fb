import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHttpHandler } from '../../adapters/http/index.ts';
import type { HttpHostSubject } from '../support/http-host-subject.ts';
import { openKoa } from '../support/http-koa-host.ts';
import { textOf, utf8, type RawHeader, type RawRequest, type RawResponse } from '../support/http-message.ts';
import { JSON_TYPE, openStage, PAGE, startBody } from '../support/http-stage.ts';
import { openHttpApiLambda, openRestLambda } from '../support/lambda-host.ts';

/** What a connection adds to an answer, and no client decides by. */
const OF_THE_WIRE = ['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding'];

/** Each name at most once and no percent sign: what no gateway changes on the way (docs/lambda.md says what they do). */
function requests(callers: readonly RawHeader[]): fc.Arbitrary<RawRequest> {
  const texts = fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/);
  const headers = fc
    .record(
      {
        caller: fc.constantFrom(...callers),
        type: fc.constantFrom(JSON_TYPE, ['content-type', 'text/plain'] as const),
        origin: fc.constantFrom(['origin', PAGE] as const, ['origin', 'https://evil.example.test'] as const),
        id: fc.tuple(fc.constant('X-Request-Id'), texts),
        agent: fc.tuple(fc.constant('User-Agent'), texts),
      },
      { requiredKeys: [] },
    )
    .map((chosen) => Object.values(chosen));
  return fc.record({
    method: fc.constantFrom('POST', 'GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'),
    target: fc.oneof(
      fc.constantFrom('/api/agent/register', '/api/session/start', '/api/health', '/livekit/webhook'),
      fc.stringMatching(/^\/[a-zA-Z./_-]{0,20}(\?[a-z=&]{0,10})?$/),
    ),
    headers,
    body: fc.oneof(
      fc.constantFrom(utf8(''), utf8('{}'), utf8(startBody), utf8('{"room_name":"x"}')),
      fc.uint8Array({ maxLength: 100 }),
      fc.constant(new Uint8Array(70_000)),
    ),
  });
}

describe('invariant 8: the same request through every host', () => {
  it('gets the same answer: status, every byte of the body, every header that means something', async () => {
    const hosts: HttpHostSubject[] = [];
    try {
      for (const open of [openKoa, openRestLambda, openHttpApiLambda]) {
        const { platform } = await openStage({ corsOrigins: [PAGE] });
        hosts.push(await open(createHttpHandler(platform.service)));
      }
      const { as } = await openStage();
      await fc.assert(
        fc.asyncProperty(requests([as('agent'), as('client'), as('ada')]), async (request) => {
          const [first, ...others] = await Promise.all(
            hosts.map(async (host) => seen(await host.send(request))),
          );
          for (const other of others) {
            expect(other).toEqual(first);
          }
        }),
        { numRuns: 200 },
      );
    } finally {
      await Promise.all(hosts.map((host) => host.close()));
    }
  });
});

function seen({ status, headers, body }: RawResponse): unknown {
  const meant = [...headers].filter(([name]) => !OF_THE_WIRE.includes(name));
  return { status, headers: Object.fromEntries(meant), body: textOf(body) };
}
