import { exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { classifyCaller, type TokenVerification } from '../../../core/index.ts';
import { CLAIMS_NOW, TRUST } from '../../support/entra-claims.ts';
import {
  APPLICATION_TOKEN,
  EntraTenant,
  KEYS_URL,
  newSigningKey,
  USER_TOKEN,
  V1_APPLICATION_TOKEN,
  type SigningKey,
} from '../../support/entra-tenant.ts';
import { client, servicePrincipal, user } from '../../support/ocelot-callers.ts';

let tenant: EntraTenant;
let foreign: SigningKey;
beforeAll(async () => {
  const [first, second] = await Promise.all([newSigningKey('entra-1'), newSigningKey('foreign-1')]);
  tenant = new EntraTenant(first);
  foreign = second;
});

const header = { alg: 'RS256', typ: 'JWT', kid: 'entra-1' };
const signer = (): SigningKey => tenant.published[0] ?? foreign;

/** The kind of caller, or the reason for the rejection. */
function outcomeOf(verification: TokenVerification): string {
  return verification.outcome === 'rejected'
    ? verification.reason
    : classifyCaller(verification.claims, verification.evidence).kind;
}
const verify = async (token: string): Promise<string> => outcomeOf(await tenant.verifier().verify(token));
const verifySigned = async (claims: object, more: object = {}): Promise<string> =>
  verify(await tenant.sign(claims, more));

describe('a token that Entra signed for this service', () => {
  it('is verified, of either version, with what it says of its caller', async () => {
    for (const claims of [APPLICATION_TOKEN, V1_APPLICATION_TOKEN]) {
      const roles = ['Session.Start'];
      expect(await tenant.verifier().verify(await tenant.sign({ ...claims, roles }))).toEqual({
        outcome: 'verified',
        claims: { clientId: client, userId: servicePrincipal, mentionsUser: false },
        evidence: { source: 'token', saysApplication: true },
        roles: new Set(roles),
      });
    }
    expect(new Set(tenant.asked)).toEqual(new Set([KEYS_URL]));
  });

  it('is for any of the audiences', async () => {
    for (const aud of TRUST.audiences) {
      expect(await verifySigned({ ...APPLICATION_TOKEN, aud })).toBe('application');
    }
  });
});

describe('RFC 8725: the algorithm and the key are chosen here, never by the token', () => {
  it('alg none is refused, with and without a key id', async () => {
    const unsecured = new UnsecuredJWT({ ...APPLICATION_TOKEN }).encode();
    expect(await verify(unsecured)).toBe('token_algorithm_wrong');
    expect(await verify(`${encoded({ ...header, alg: 'none' })}.${unsecured.split('.')[1] ?? ''}.`)).toBe(
      'token_algorithm_wrong',
    );
  });

  it('HS256 with the published key as the secret is refused, however the key is written', async () => {
    const { published } = signer();
    const key = await importJWK(published, 'RS256', { extractable: true });
    const pem = key instanceof Uint8Array ? '' : await exportSPKI(key);
    for (const secret of [pem, pem.trim(), JSON.stringify(published), published.n ?? '']) {
      const token = new SignJWT({ ...APPLICATION_TOKEN }).setProtectedHeader({ ...header, alg: 'HS256' });
      expect(await verify(await token.sign(Buffer.from(secret)))).toBe('token_algorithm_wrong');
    }
  });

  it.for(['RS384', 'RS512', 'PS256'])('%s with a key of Entra is refused', async (alg) => {
    const key = await importJWK({ ...(await exportJWK(signer().privateKey)), alg });
    const token = new SignJWT({ ...APPLICATION_TOKEN }).setProtectedHeader({ ...header, alg });
    expect(await verify(await token.sign(key))).toBe('token_algorithm_wrong');
  });

  it('ES256 under the key id of Entra is refused', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const token = new SignJWT({ ...APPLICATION_TOKEN }).setProtectedHeader({ ...header, alg: 'ES256' });
    expect(await verify(await token.sign(privateKey))).toBe('token_algorithm_wrong');
  });

  it('RS256 in another case is refused', async () => {
    const [, payload = '', signature = ''] = (await tenant.sign(APPLICATION_TOKEN)).split('.');
    const token = `${encoded({ ...header, alg: 'rs256' })}.${payload}.${signature}`;
    expect(await verify(token)).toBe('token_algorithm_wrong');
  });

  it('another signer is refused, under its own key id and under that of Entra', async () => {
    expect(await verify(await tenant.sign(APPLICATION_TOKEN, {}, foreign))).toBe('signing_key_unknown');
    expect(await verify(await tenant.sign(APPLICATION_TOKEN, { kid: 'entra-1' }, foreign))).toBe(
      'signature_wrong',
    );
  });

  it.for<readonly [string, unknown]>([
    ['no', undefined],
    ['an empty', ''],
    ['a numeric', 7],
    ['a very long', 'k'.repeat(257)],
    ['an inherited', 'constructor'],
  ])('%s key id is refused', async ([, kid]) => {
    const token = `${encoded({ ...header, kid })}.${encoded(APPLICATION_TOKEN)}.AAAA`;
    expect(await verify(token)).toBe('signing_key_unknown');
  });

  it('keys that the token brings along or points to are not used, and nothing is fetched from there', async () => {
    const { published } = foreign;
    const url = 'https://evil.example.test/keys';
    tenant.asked.length = 0;
    for (const more of [{ jwk: published }, { jku: url }, { x5u: url }, { x5c: ['AAAA'] }]) {
      const underEntra = await tenant.sign(APPLICATION_TOKEN, { ...more, kid: 'entra-1' }, foreign);
      expect(await verify(underEntra)).toBe('signature_wrong');
      const underOwn = await tenant.sign(APPLICATION_TOKEN, more, foreign);
      expect(await verify(underOwn)).toBe('signing_key_unknown');
    }
    expect(new Set(tenant.asked)).toEqual(new Set([KEYS_URL]));
  });

  it('a header that asks for what is not understood is refused', async () => {
    const token = await tenant.sign(APPLICATION_TOKEN, {});
    const [, payload = '', signature = ''] = token.split('.');
    const crit = encoded({ ...header, crit: ['exp'], exp: 1 });
    expect(await verify(`${crit}.${payload}.${signature}`)).toBe('token_malformed');
  });

  it.for([undefined, 'at+jwt', 'jwt', 'JOSE', 'id+jwt'])(
    'typ %s is refused: Entra writes JWT',
    async (typ) => {
      expect(await verifySigned(APPLICATION_TOKEN, { typ })).toBe('token_type_wrong');
    },
  );

  it('changed claims are refused', async () => {
    const [head = '', , signature = ''] = (await tenant.sign(USER_TOKEN)).split('.');
    expect(await verify(`${head}.${encoded(APPLICATION_TOKEN)}.${signature}`)).toBe('signature_wrong');
  });

  it.for([
    ['nothing', ''],
    ['no token', 'a.b.c'],
    ['a header that is no JSON', `${Buffer.from('{').toString('base64url')}.e30.AAAA`],
    ['a header that is a list', `${encoded(['RS256'])}.e30.AAAA`],
  ])('%s is refused', async ([, token = '']) => {
    expect(await verify(token)).toMatch(/^token_(malformed|algorithm_wrong)$/);
  });

  it('a token over 16 KiB is refused before anything of it is read', async () => {
    const fresh = new EntraTenant(signer());
    const large = await tenant.sign({ ...APPLICATION_TOKEN, groups: 'g'.repeat(13_000) });
    expect(large.length).toBeGreaterThan(16_384);
    expect(outcomeOf(await fresh.verifier().verify(large))).toBe('token_too_large');
    expect(fresh.asked).toEqual([]);
    const fits = await tenant.sign({ ...APPLICATION_TOKEN, groups: 'g'.repeat(10_000) });
    expect(outcomeOf(await fresh.verifier().verify(fits))).toBe('application');
  });
});

describe('a token that Entra signed, and that is not for this service or not now', () => {
  const nowSeconds = CLAIMS_NOW.getTime() / 1000;
  const ofTenant = (tid: string): string => `https://sts.windows.net/${tid}/`;

  it.for<readonly [string, string, object]>([
    ['issuer_wrong', 'another issuer', { iss: 'https://evil.example.test/' }],
    ['issuer_wrong', "another tenant's issuer", { iss: ofTenant(user) }],
    ['token_version_contradictory', 'v1 with the issuer of v2', { ver: '1.0', appid: client }],
    ['token_version_contradictory', 'v2 with the issuer of v1', { iss: ofTenant(TRUST.tenantId) }],
    ['claim_malformed', 'no version', { ver: undefined }],
    ['tenant_wrong', 'another tenant', { tid: user }],
    ['tenant_wrong', 'no tenant', { tid: undefined }],
    ['audience_wrong', 'another audience', { aud: 'https://graph.microsoft.com' }],
    ['audience_wrong', 'no audience', { aud: undefined }],
    ['claim_malformed', 'several audiences', { aud: [...TRUST.audiences] }],
    ['token_expired', 'an expired one', { exp: nowSeconds }],
    ['claim_malformed', 'no expiry', { exp: undefined }],
    ['token_not_yet_valid', 'one that is not valid yet', { nbf: nowSeconds + 31 }],
    ['claim_malformed', 'no beginning', { nbf: undefined }],
    ['client_id_missing', 'no client', { azp: undefined }],
    ['client_id_contradictory', 'two clients', { appid: user }],
    ['client_not_listed', 'a client outside the list', { azp: user }],
    ['claim_malformed', 'two clients in one', { azp: `${client},${user}` }],
    ['token_kind_contradictory', 'an application with scopes', { idtyp: 'app', scp: 'x' }],
  ])('is refused as %s: %s', async ([reason, , change]) => {
    for (const claims of [APPLICATION_TOKEN, { ...USER_TOKEN, idtyp: undefined }]) {
      expect(await verifySigned({ ...claims, ...change })).toBe(reason);
    }
  });

  it.for<readonly [string, object]>([
    ['scopes, and no kind', { idtyp: undefined, scp: 'access_as_user' }],
    ['an empty scope, and no kind', { idtyp: undefined, scp: '' }],
    ['a subject that is not the object id, and no kind', { idtyp: undefined, sub: user }],
    ['no object id, and no kind', { idtyp: undefined, oid: undefined }],
    ['idtyp=user', { idtyp: 'user' }],
    ['idtyp=App', { idtyp: 'App' }],
  ])('is a user’s with %s, though it names no e-mail address', async ([, change]) => {
    expect(await verifySigned({ ...APPLICATION_TOKEN, ...change })).toBe('user');
  });

  it.for(['[]', '"text"', 'null', '7', '{'])('is refused when its claims are %s', async (json) => {
    const { CompactSign } = await import('jose');
    const token = await new CompactSign(Buffer.from(json))
      .setProtectedHeader(header)
      .sign(signer().privateKey);
    expect(await verify(token)).toBe('token_malformed');
  });
});

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
