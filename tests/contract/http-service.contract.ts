import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHttpHandler } from '../../adapters/http/index.ts';
import { holds } from '../support/arbitraries.ts';
import type { HttpHostSubject, OpenHttpHost } from '../support/http-host-subject.ts';
import { HTTP_CASES } from '../support/http-cases.ts';
import { textOf, utf8, type RawHeader, type RawRequest, type RawResponse } from '../support/http-message.ts';
import {
  JSON_TYPE,
  openStage,
  PAGE,
  toHttpRequest,
  type Stage,
  type StageOptions,
} from '../support/http-stage.ts';

/**
 * The platform's own HTTP contract behind a host. Two platforms that know nothing of each other get the same requests,
 * one through the host and one without: whatever the host did to a request or an answer shows as a difference.
 */
export function describeHttpService(adapter: string, open: OpenHttpHost): void {
  describe(`HTTP service contract: ${adapter}`, () => {
    it.for(HTTP_CASES)('answers $what with $status', ({ request, stage: options, decoded, ...undecoded }) =>
      behind(open, options, async (compare, stage, { front }) => {
        const { status, code } = front?.decodesPaths === true ? (decoded ?? undecoded) : undecoded;
        const response = await compare(request(stage));
        expect(response.status).toBe(status);
        if (code !== undefined && response.body.length > 0) {
          expect(JSON.parse(textOf(response.body))).toMatchObject({ status, code });
          expect(response.headers.get('content-type')).toEqual(['application/problem+json']);
        }
      }),
    );

    it('answers any request the same as without the host', () =>
      behind(open, { corsOrigins: [PAGE] }, (compare, { as }) => {
        const requests = anyRequests([as('client'), as('agent'), JSON_TYPE]);
        return holds(requests, async (request) => {
          expect((await compare(request)).status).toBeLessThan(500);
        });
      }));
  });
}

type Compare = (request: RawRequest) => Promise<RawResponse>;

/** Opens both platforms, and closes what was opened. */
async function behind(
  open: OpenHttpHost,
  options: StageOptions | undefined,
  run: (compare: Compare, stage: Stage, host: HttpHostSubject) => Promise<void>,
): Promise<void> {
  const [hosted, bare] = [await openStage(options), await openStage(options)];
  const host = await open(createHttpHandler(hosted.platform.service));
  const compare: Compare = async (request) => {
    const [response, expected] = [
      await host.send(request),
      await bare.platform.handler(toHttpRequest(host.front?.passesOn(request) ?? request)),
    ];
    expect(response.status).toBe(expected.status);
    expect(textOf(response.body)).toBe(textOf(expected.body));
    for (const [name, value] of Object.entries(expected.headers)) {
      expect([name, response.headers.get(name)]).toEqual([name, [value]]);
    }
    return response;
  };
  await run(compare, bare, host).finally(host.close);
}

const targets = fc.oneof(
  fc.constantFrom('/api/agent/register', '/api/session/start', '/api/health', '/livekit/webhook'),
  fc.stringMatching(/^\/[a-z%./?&=0-9_-]{0,20}$/),
);
const bodies = fc.oneof(
  fc.json().map(utf8),
  fc.uint8Array({ maxLength: 200 }),
  fc
    .dictionary(fc.constantFrom('agent_entra_app_id', 'room_name', '__proto__'), fc.jsonValue())
    .map((value) => utf8(JSON.stringify(value))),
);

function anyRequests(known: readonly RawHeader[]): fc.Arbitrary<RawRequest> {
  const headers = fc.oneof(
    fc.constantFrom(...known, ['origin', PAGE] as const),
    fc.tuple(fc.stringMatching(/^x-[a-z]{1,8}$/), fc.stringMatching(/^[!-~]{0,20}$/)),
    fc.tuple(
      fc.constantFrom('x-request-id', 'content-encoding', 'user-agent'),
      fc.stringMatching(/^[!-~]{0,80}$/),
    ),
  );
  return fc.record({
    method: fc.constantFrom('POST', 'GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'),
    target: targets,
    headers: fc.array(headers, { maxLength: 5 }),
    body: bodies,
  });
}
