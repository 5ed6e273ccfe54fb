import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HttpRequest, HttpResponse } from '../../adapters/http/index.ts';
import { isRequestId } from '../../core/index.ts';
import { requests } from '../support/platform-arbitraries.ts';
import { AGENT, clientApp, withRegisteredAgent } from '../support/platform-cast.ts';
import { platformAtTheEdge, signedByLiveKit, throughOcelot } from '../support/platform-edge.ts';
import type { Platform } from '../support/platform-over-memory.ts';
import { jsonOf, startRequest } from '../support/platform-requests.ts';
import { tokensIn } from '../support/platform-tokens.ts';
import { traceOf } from '../support/platform-trace.ts';
import { webhookBodies } from '../support/platform-webhook-arbitraries.ts';

/** Longer than a busy machine keeps a request waiting. */
const HANG_MS = 15_000;
/** So many requests take their time there. */
const SLOW_MS = 90_000;

const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  request_id: z.string(),
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
});

describe('invariant 5: no input', { timeout: SLOW_MS }, () => {
  it('makes the handler reject, hang or answer 5xx; bad input is a 4xx that changes nothing', async () => {
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const platform = await withASession();
        const before = traceOf(platform);
        const response = await platform.handler(request);
        seen.set(response.status, (seen.get(response.status) ?? 0) + 1);
        expectAnswer(request, response);
        if (response.status >= 400) {
          const { changes, denials } = traceOf(platform);
          expect(changes).toEqual(before.changes);
          expect(denials - before.denials).toBe(isDenial(response) ? 1 : 0);
        }
      }),
      { numRuns: 1500, timeout: HANG_MS },
    );
    expect([...seen.keys()]).toEqual(expect.arrayContaining([200, 201, 400, 401, 403, 404, 405, 415]));
  });

  it('is taken from LiveKit but as events: whatever the body, the answer is an empty 200 or a 400 without a trace', async () => {
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(webhookBodies, async (bodyFor) => {
        const platform = await withASession();
        const before = traceOf(platform);
        const room = platform.rooms.requests[0]?.room ?? expect.unreachable();
        const response = await platform.handler(await signedByLiveKit(bodyFor(room), platform.clock));
        seen.set(response.status, (seen.get(response.status) ?? 0) + 1);
        if (response.status === 200) {
          expect(response.body.length).toBe(0);
        } else {
          expect([response.status, jsonOf(response)]).toMatchObject([400, { code: 'malformed_json' }]);
          expect(traceOf(platform)).toEqual(before);
        }
        expect(platform.sessions.sessions.length).toBe(1);
        expect(platform.rooms.requests.length).toBe(1);
      }),
      { numRuns: 800, timeout: HANG_MS },
    );
    expect(Math.min(seen.get(200) ?? 0, seen.get(400) ?? 0)).toBeGreaterThan(20);
  });

  it('reaches a session without the right signature: 401, and only the rejection is on record', () =>
    fc.assert(
      fc.asyncProperty(webhookBodies, webhookBodies, fc.string(), async (bodyFor, otherFor, noise) => {
        const platform = await withASession();
        const room = platform.rooms.requests[0]?.room ?? expect.unreachable();
        const signed = await signedByLiveKit(bodyFor(room), platform.clock);
        const tampered = { ...signed, body: new Uint8Array([...otherFor(room), 32]) };
        const unsigned = {
          ...signed,
          headers: new Map<string, readonly string[]>([['authorization', [noise]]]),
        };
        const before = traceOf(platform);
        for (const request of [tampered, unsigned]) {
          expect((await platform.handler(request)).status).toBe(401);
        }
        expect(traceOf(platform)).toEqual({ ...before, denials: before.denials + 2 });
      }),
      { numRuns: 100, timeout: HANG_MS },
    ));
});

/** A platform in use: something is there that bad input could change. */
async function withASession(): Promise<Platform> {
  const platform = await withRegisteredAgent(platformAtTheEdge());
  await platform.handler(startRequest(throughOcelot(clientApp), AGENT));
  return platform;
}

/** What every answer has in common, whatever it answers. */
function expectAnswer(request: HttpRequest, response: HttpResponse): void {
  const { status, headers } = response;
  expect(status).toBeLessThan(500);
  expect(isRequestId(headers['x-request-id'] ?? '')).toBe(true);
  expect(headers['allow'] !== undefined).toBe(status === 405);
  expect(headers['www-authenticate'] !== undefined).toBe(status === 401);
  if (status < 400) {
    return;
  }
  expect(tokensIn(response)).toEqual([]);
  expect(headers['content-type']).toBe('application/problem+json');
  if (request.method === 'HEAD') {
    expect(response.body.length).toBe(0);
  } else {
    expect(problem.parse(jsonOf(response))).toMatchObject({ status, request_id: headers['x-request-id'] });
  }
}

/** Refusals of a caller are on record; that a request is nonsense is not worth a row. */
function isDenial(response: HttpResponse): boolean {
  const { code } = z
    .object({ code: z.string() })
    .parse(response.body.length === 0 ? { code: '' } : jsonOf(response));
  return [
    'unauthenticated',
    'client_not_authorized',
    'service_principal_required',
    'agent_not_registered',
  ].includes(code);
}
