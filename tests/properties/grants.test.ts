import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { requests } from '../support/platform-arbitraries.ts';
import { introduceCast, withRegisteredAgent } from '../support/platform-cast.ts';
import { platformAtTheEdge } from '../support/platform-edge.ts';
import { tokensIn, type TokenClaims } from '../support/platform-tokens.ts';

const ROOM = /^s-[0-9a-f]{32}$/;

/** Design section 5, written down a second time: exactly these grants, and no claim beyond these. */
const AGENT_GRANTS = { agent: true, canPublish: true, canSubscribe: true, canPublishData: true };
/** Whatever a caller asks for itself, these and no more: it may lack some, and publish from fewer sources. */
const participantGrants = z.strictObject({
  roomJoin: z.literal(true),
  room: z.string().regex(ROOM),
  canPublish: z.boolean(),
  canPublishSources: z
    .array(z.enum(['camera', 'microphone', 'screen_share', 'screen_share_audio']))
    .min(1) // LiveKit takes an empty list for all of them
    .optional(),
  canSubscribe: z.boolean(),
  canPublishData: z.boolean(),
  canUpdateOwnMetadata: z.literal(false),
});
const COMMON_CLAIMS = ['exp', 'iat', 'iss', 'jti', 'nbf', 'sub', 'video'];
const OWN_WORDS = ['name', 'metadata'];
const ATTRIBUTES = ['lkps.session_id', 'lkps.client_id', 'lkps.user_id', 'lkps.request_id'];

describe('invariant 1: the grants of a token', () => {
  it('are exactly those of its kind, whatever is asked and however', async () => {
    const seen = { agent: 0, participant: 0 };
    const narrowed = new Set<string>();
    await fc.assert(
      fc.asyncProperty(requests, fc.integer({ min: 1, max: 3600 }), async (request, tokenTtlSeconds) => {
        const platform = await withRegisteredAgent(platformAtTheEdge({ tokenTtlSeconds }));
        for (const claims of tokensIn(await platform.handler(request))) {
          const kind = request.path === '/api/agent/register' ? 'agent' : 'participant';
          seen[kind] += 1;
          expectExactly(kind, claims);
          narrowed.add(
            JSON.stringify(Object.entries(claims.video ?? {}).filter(([name]) => /^can/.test(name))),
          );
          expectLife(claims, platform.clock.now(), tokenTtlSeconds);
        }
      }),
      { numRuns: 1000 },
    );
    expect(seen.agent).toBeGreaterThan(20);
    expect(seen.participant).toBeGreaterThan(20);
    expect(narrowed.size).toBeGreaterThan(5); // the requests did ask for less, in more than one way
  });

  it('are never in an answer to anything but register and start', async () => {
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const platform = platformAtTheEdge();
        introduceCast(platform);
        const response = await platform.handler(request);
        const mayCarry = ['/api/agent/register', '/api/session/start'].includes(request.path);
        expect(tokensIn(response).length).toBeLessThanOrEqual(mayCarry && response.status < 300 ? 1 : 0);
      }),
      { numRuns: 200 },
    );
  });
});

function expectExactly(
  kind: 'agent' | 'participant',
  { video, attributes, sub, ...claims }: TokenClaims,
): void {
  if (kind === 'agent') {
    expect(video).toStrictEqual(AGENT_GRANTS);
    expect(sub).toMatch(/^[0-9a-f-]{36}$/);
    expect(attributes).toBeUndefined();
  } else {
    expect(participantGrants.safeParse(video).error).toBeUndefined();
    expect(sub).toMatch(/^(?:app|user)-[0-9a-f-]{36}$/);
    const reserved = Object.keys(attributes ?? {}).filter((key) => /^(?:lkps|lk)\./i.test(key));
    expect(ATTRIBUTES).toEqual(expect.arrayContaining(reserved));
  }
  const own = kind === 'agent' ? [] : OWN_WORDS;
  const others = [...Object.keys(claims), 'sub', 'video'].filter((name) => !own.includes(name));
  expect(others.sort()).toEqual(COMMON_CLAIMS);
}

function expectLife({ iat, nbf, exp }: TokenClaims, now: Date, ttlSeconds: number): void {
  const seconds = Math.floor(now.getTime() / 1000);
  expect({ iat, nbf, exp }).toEqual({ iat: seconds, nbf: seconds, exp: seconds + ttlSeconds });
}
