import { generateKeyPairSync } from 'node:crypto';
import { SignJWT, type JWTPayload } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  LiveKitTokenIssuer,
  LiveKitWebhookVerifier,
  type LiveKitKey,
} from '../../../adapters/livekit/index.ts';
import { describeWebhookVerifier } from '../../contract/webhook-verifier.contract.ts';
import { holds } from '../../support/arbitraries.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { encodeAsLiveKit, SAMPLE_EVENT } from '../../support/livekit-events.ts';
import { randomKey } from '../../support/livekit-server.ts';
import { hashOf, signatureClaims, signClaims, unsignedJwt } from '../../support/livekit-signature.ts';
import { participantTokenSpecs } from '../../support/livekit-tokens.ts';

const clock = new FixedClock();
const webhookKey = randomKey('webhook');
const apiKey = randomKey('api');
const verifier = new LiveKitWebhookVerifier({ keys: [webhookKey], clock });
const body = encodeAsLiveKit(SAMPLE_EVENT);
const claims = signatureClaims(body, clock.now());

describeWebhookVerifier('LiveKit', () => {
  const signWith = (key: LiveKitKey, bytes: Uint8Array, expiresAt: Date): Promise<string> => {
    const exp = Math.floor(expiresAt.getTime() / 1000);
    return signClaims(key, { nbf: exp - 300, iat: exp - 300, exp, sha256: hashOf(bytes) });
  };
  return Promise.resolve({
    verifier,
    now: () => clock.now(),
    encode: encodeAsLiveKit,
    sign: (bytes, expiresAt) => signWith(webhookKey, bytes, expiresAt),
    signAsAnother: (bytes, expiresAt) => signWith(apiKey, bytes, expiresAt),
    close: () => Promise.resolve(),
  });
});

describe('LiveKitWebhookVerifier', () => {
  const outcomeOf = async (signature: string): Promise<string> => {
    const verification = await verifier.verify({ body, signature });
    return verification.outcome === 'verified' ? 'verified' : verification.reason;
  };

  it('believes LiveKit’s own form of signature', async () => {
    expect(await outcomeOf(await signClaims(webhookKey, claims))).toBe('verified');
  });

  it('refuses the API key, under its own id and under the webhook key’s', async () => {
    expect(await outcomeOf(await signClaims(apiKey, claims))).toBe('signing_key_unknown');
    const disguised = { id: webhookKey.id, secret: apiKey.secret };
    expect(await outcomeOf(await signClaims(disguised, claims))).toBe('signature_wrong');
  });

  it('refuses a key it was not given, and a token that names none', async () => {
    expect(await outcomeOf(await signClaims(randomKey('unknown'), claims))).toBe('signing_key_unknown');
    const nameless = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(webhookKey.secret);
    expect(await outcomeOf(await nameless)).toBe('signing_key_unknown');
    for (const iss of ['', '__proto__', 'constructor']) {
      expect(await outcomeOf(await signClaims({ ...webhookKey, id: iss }, claims))).toBe(
        'signing_key_unknown',
      );
    }
  });

  it('believes each of several keys, and none that is no longer among them', async () => {
    const [oldKey, newKey] = [randomKey('old'), randomKey('new')];
    const both = new LiveKitWebhookVerifier({ keys: [newKey, oldKey], clock });
    const after = new LiveKitWebhookVerifier({ keys: [newKey], clock });
    for (const key of [oldKey, newKey]) {
      const signature = await signClaims(key, claims);
      expect(await both.verify({ body, signature })).toMatchObject({ outcome: 'verified' });
    }
    const signature = await signClaims(oldKey, claims);
    expect(await after.verify({ body, signature })).toMatchObject({ outcome: 'rejected' });
    const swapped = await signClaims({ id: oldKey.id, secret: newKey.secret }, claims);
    expect(await both.verify({ body, signature: swapped })).toMatchObject({ outcome: 'rejected' });
  });

  it('refuses every algorithm but HS256', async () => {
    const payload = { iss: webhookKey.id, ...claims };
    for (const alg of ['HS384', 'HS512']) {
      expect(await outcomeOf(await signClaims(webhookKey, claims, { alg }))).toBe('signature_wrong');
    }
    for (const alg of ['none', 'None', 'NONE', '', 'HS256 ']) {
      expect(await outcomeOf(unsignedJwt({ alg, typ: 'JWT' }, payload))).toBe('signature_wrong');
    }
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const rsa = new SignJWT(payload).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    expect(await outcomeOf(await rsa)).toBe('signature_wrong');
  });

  it('refuses a good signature whose header was exchanged for one without', async () => {
    const [, payload = '', signature = ''] = (await signClaims(webhookKey, claims)).split('.');
    for (const alg of ['none', 'RS256', 'HS512']) {
      const header = Buffer.from(JSON.stringify({ alg })).toString('base64url');
      expect(await outcomeOf(`${header}.${payload}.${signature}`)).toBe('signature_wrong');
      expect(await outcomeOf(`${header}.${payload}.`)).toBe('signature_wrong');
    }
  });

  it('refuses a header that asks for what it does not understand', async () => {
    const header = { alg: 'HS256', crit: ['lkps'], lkps: true };
    const payload = { iss: webhookKey.id, ...claims };
    expect(await outcomeOf(unsignedJwt(header, payload, 'AAAA'))).toBe('signature_wrong');
  });

  it.for<[string, JWTPayload]>([
    ['sha256', { exp: claims.exp ?? 0 }],
    ['exp', { sha256: hashOf(body) }],
    ['exp and sha256', {}],
  ])('refuses a token without %s', async ([, incomplete]) => {
    expect(await outcomeOf(await signClaims(webhookKey, incomplete))).not.toBe('verified');
  });

  it('refuses claims of the wrong type, and a hash that is not of this body', async () => {
    const wrong: readonly JWTPayload[] = [
      { ...claims, sha256: '' },
      { ...claims, sha256: [hashOf(body)] },
      { ...claims, sha256: { toString: hashOf(body) } },
      { ...claims, sha256: hashOf(body).toLowerCase() },
      { ...claims, sha256: Buffer.from(hashOf(body), 'base64').toString('hex') },
      { ...claims, sha256: hashOf(new Uint8Array()) },
    ];
    for (const payload of wrong) {
      expect(await outcomeOf(await signClaims(webhookKey, payload))).toBe('body_hash_wrong');
    }
    const typed = unsignedJwt({ alg: 'HS256' }, { iss: webhookKey.id, ...claims, exp: 'never' });
    expect(await outcomeOf(typed)).toBe('signature_wrong');
  });

  it('refuses a signature that begins in the future, further off than clocks are', async () => {
    const now = claims.iat ?? 0;
    expect(await outcomeOf(await signClaims(webhookKey, { ...claims, nbf: now + 59 }))).toBe('verified');
    expect(await outcomeOf(await signClaims(webhookKey, { ...claims, nbf: now + 61 }))).toBe(
      'signature_wrong',
    );
  });

  it('says of an old signature that it is old', async () => {
    const now = claims.iat ?? 0;
    const old = await signClaims(webhookKey, { ...claims, exp: now - 61 });
    expect(await outcomeOf(old)).toBe('signature_expired');
  });

  it('refuses "Bearer": a token that was meant for another door', async () => {
    expect(await outcomeOf(`Bearer ${await signClaims(webhookKey, claims)}`)).toBe('signature_wrong');
  });

  it('refuses the participant tokens of the platform', () =>
    holds(
      participantTokenSpecs,
      async (spec) => {
        clock.set(spec.issuedAt);
        for (const key of [apiKey, webhookKey]) {
          const { jwt } = await new LiveKitTokenIssuer(key).issue(spec);
          expect(await outcomeOf(jwt)).not.toBe('verified');
        }
      },
      { numRuns: 20 },
    ).finally(() => {
      clock.set(new FixedClock().now());
    }));

  it('shows neither claims nor secrets nor the body in what it refuses', async () => {
    const canary = { ...claims, canary: 'claim-canary' };
    const forged = await signClaims({ id: webhookKey.id, secret: apiKey.secret }, canary);
    for (const signature of [forged, `${forged}x`, await signClaims(apiKey, canary)]) {
      const shown = JSON.stringify(await verifier.verify({ body, signature }));
      expect(shown).toMatch(/^\{"outcome":"rejected","reason":"[a-z_]+"\}$/);
    }
  });
});
