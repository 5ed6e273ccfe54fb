import fc from 'fast-check';
import { UnsecuredJWT, type JWTPayload } from 'jose';
import { describe, expect, it } from 'vitest';
import { LiveKitAgentTokenVerifier, LiveKitTokenIssuer } from '../../../adapters/livekit/index.ts';
import { signJwt } from '../../../adapters/livekit/sign-jwt.ts';
import { parseTokenId, type AgentTokenVerification, type TokenSpec } from '../../../core/index.ts';
import { holds } from '../../support/arbitraries.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { randomKey } from '../../support/livekit-server.ts';
import {
  agentTokenSpecs,
  claimsOf,
  jobTokenSpecs,
  participantTokenSpecs,
  withForgedClaims,
} from '../../support/livekit-tokens.ts';
import { AGENT_NAME } from '../../support/platform-cast.ts';

const key = randomKey('agents');
const older = randomKey('agents-before');
const issuer = new LiveKitTokenIssuer(key);

function verifyAt(at: Date, jwt: string): Promise<AgentTokenVerification> {
  return new LiveKitAgentTokenVerifier({ keys: [key, older], clock: new FixedClock(at) }).verify(jwt);
}

const NOW = new Date('2026-01-15T12:00:00.000Z');
const seconds = NOW.getTime() / 1000;
/** Of a token that is good at NOW. */
const GOOD = {
  sub: AGENT_NAME,
  jti: '70ce0000-0000-4000-8000-000000000001',
  iat: seconds,
  nbf: seconds,
  exp: seconds + 3600,
  video: { agent: true, canPublish: true, canSubscribe: true, canPublishData: true },
};

describe('LiveKitAgentTokenVerifier', () => {
  it('takes every agent token of the platform, as long as it lives and not a second longer', () =>
    holds(agentTokenSpecs, async (spec) => {
      const { jwt, signingKeyId } = await issuer.issue(spec);
      const { subject: agent, tokenId, issuedAt, expiresAt } = spec;
      expect(await verifyAt(issuedAt, jwt)).toEqual({
        outcome: 'verified',
        pass: { agent, tokenId, issuedAt, expiresAt, signingKeyId },
      });
      expect(await verifyAt(new Date(expiresAt.getTime() - 1), jwt)).toHaveProperty('outcome', 'verified');
      expect(await verifyAt(expiresAt, jwt)).toEqual({ outcome: 'rejected', reason: 'token_expired' });
    }));

  it('takes a token of the key before, until that key is taken away', async () => {
    const jwt = await signJwt(older, GOOD);
    expect(await verifyAt(NOW, jwt)).toMatchObject({ outcome: 'verified', pass: { signingKeyId: older.id } });
    const without = new LiveKitAgentTokenVerifier({ keys: [key], clock: new FixedClock(NOW) });
    expect(await without.verify(jwt)).toEqual({ outcome: 'rejected', reason: 'signing_key_unknown' });
  });

  it('takes no participant or job token, even one signed with its own key', () =>
    holds(
      fc.oneof(participantTokenSpecs, jobTokenSpecs),
      async (spec: TokenSpec) => {
        const { jwt } = await issuer.issue(spec);
        expect(await verifyAt(spec.issuedAt, jwt)).toEqual({
          outcome: 'rejected',
          reason: 'not_an_agent_token',
        });
      },
      { numRuns: 30 },
    ));

  it('takes no token whose claims were changed after it was signed', () =>
    holds(
      agentTokenSpecs,
      async (spec) => {
        const { jwt } = await issuer.issue(spec);
        const forged = withForgedClaims(jwt, (claims) => ({ ...claims, sub: AGENT_NAME }));
        expect(await verifyAt(spec.issuedAt, forged)).toEqual({
          outcome: 'rejected',
          reason: 'signature_wrong',
        });
      },
      { numRuns: 20 },
    ));

  const rejected: readonly (readonly [string, string, (good: typeof GOOD) => JWTPayload])[] = [
    ['a room', 'not_an_agent_token', (good) => ({ ...good, video: { ...good.video, room: 'r' } })],
    ['roomJoin', 'not_an_agent_token', (good) => ({ ...good, video: { ...good.video, roomJoin: true } })],
    ['roomAdmin', 'not_an_agent_token', (good) => ({ ...good, video: { ...good.video, roomAdmin: true } })],
    ['agent: 1', 'not_an_agent_token', (good) => ({ ...good, video: { ...good.video, agent: 1 } })],
    [
      'no agent grant',
      'not_an_agent_token',
      ({ video, ...good }) => ({ ...good, video: omit(video, 'agent') }),
    ],
    [
      'a grant in place of another',
      'not_an_agent_token',
      ({ video, ...good }) => ({ ...good, video: { ...omit(video, 'canPublish'), hidden: true } }),
    ],
    ['video that is a list', 'not_an_agent_token', (good) => ({ ...good, video: [] })],
    ['a claim more', 'not_an_agent_token', (good) => ({ ...good, name: 'x' })],
    ['an audience', 'not_an_agent_token', (good) => ({ ...good, aud: 'lkps' })],
    ['no token id', 'not_an_agent_token', (good) => omit(good, 'jti')],
    ['a token id that is none', 'not_an_agent_token', (good) => ({ ...good, jti: 'x' })],
    ['no agent', 'not_an_agent_token', (good) => omit(good, 'sub')],
    ['an agent in upper case', 'not_an_agent_token', (good) => ({ ...good, sub: good.sub.toUpperCase() })],
    ['the name of a participant', 'not_an_agent_token', (good) => ({ ...good, sub: `app-${good.sub}` })],
    [
      'another claim in place of its start',
      'not_an_agent_token',
      (good) => ({ ...omit(good, 'nbf'), name: 'x' }),
    ],
    ['no start', 'not_an_agent_token', (good) => omit(good, 'nbf')],
    ['no time of issue', 'not_an_agent_token', (good) => omit(good, 'iat')],
    ['half a second', 'not_an_agent_token', (good) => ({ ...good, exp: good.exp + 0.5 })],
    ['a start to come', 'token_not_yet_valid', (good) => ({ ...good, nbf: good.nbf + 31 })],
    ['an issue to come', 'token_not_yet_valid', (good) => ({ ...good, iat: good.iat + 31 })],
    ['more than an hour', 'not_an_agent_token', (good) => ({ ...good, exp: good.exp + 1 })],
    ['300 years', 'not_an_agent_token', (good) => ({ ...good, exp: good.exp + 300 * 31_557_600 })],
    ['no end that is a date', 'not_an_agent_token', (good) => ({ ...good, exp: 1e308 })],
    ['no issue that is a date', 'not_an_agent_token', (good) => ({ ...good, iat: -1e308 })],
    [
      'an end before its issue',
      'not_an_agent_token',
      ({ iat, ...good }) => ({ ...good, iat: iat + 9, exp: iat + 8 }),
    ],
    ['an end that has come', 'token_expired', (good) => ({ ...good, exp: seconds })],
  ];
  it.each(rejected)('takes no well-signed token with %s', async (_what, reason, change) => {
    const claims = { exp: GOOD.exp, ...change(GOOD) };
    expect(await verifyAt(NOW, await signJwt(key, claims))).toEqual({ outcome: 'rejected', reason });
  });

  it('takes a token that was issued up to 30 seconds ahead', async () => {
    const jwt = await signJwt(key, { ...GOOD, iat: GOOD.iat + 30, nbf: GOOD.nbf + 30 });
    expect(await verifyAt(NOW, jwt)).toHaveProperty('outcome', 'verified');
  });

  it('takes no token without a signature', async () => {
    const unsigned = new UnsecuredJWT({ iss: key.id, ...GOOD }).encode();
    expect(await verifyAt(NOW, unsigned)).toHaveProperty('outcome', 'rejected');
  });

  it('takes nothing that another key signed under the same id, nor of an id it does not know', async () => {
    expect(await verifyAt(NOW, await signJwt(randomKey(key.id), GOOD))).toEqual({
      outcome: 'rejected',
      reason: 'signature_wrong',
    });
    expect(await verifyAt(NOW, await signJwt(randomKey('livekit'), GOOD))).toEqual({
      outcome: 'rejected',
      reason: 'signing_key_unknown',
    });
  });

  it.each(['', '.', '..', 'a.b.c', 'bearer', '\u0000', 'e30.e30.e30'])(
    'rejects what is no token at all: %j',
    async (text) => {
      expect(await verifyAt(NOW, text)).toHaveProperty('outcome', 'rejected');
    },
  );

  it('reads exactly what the issuer writes', () => {
    const claims = claimsOf(
      {
        subject: AGENT_NAME,
        grants: { agent: true, canPublish: true, canSubscribe: true, canPublishData: true },
        attributes: {},
        tokenId: parseTokenId(GOOD.jti),
        issuedAt: NOW,
        expiresAt: new Date(NOW.getTime() + 3_600_000),
      },
      key.id,
    );
    expect(claims).toEqual({ iss: key.id, ...GOOD });
  });
});

function omit<T extends object>(from: T, name: keyof T): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => key !== name));
}
