import { describe, expect, it } from 'vitest';
import { classifyCaller, readEntraClaims, type ClaimRejection, type Principal } from '../../core/index.ts';
import { AS_APPLICATION, AS_USER, AS_V1_APPLICATION, CLAIMS_NOW, TRUST } from '../support/entra-claims.ts';
import { client, servicePrincipal, user } from '../support/ocelot-callers.ts';

type Claims = Readonly<Record<string, unknown>>;

function callerOf(claims: Claims): Principal | ClaimRejection {
  const read = readEntraClaims(claims, TRUST, CLAIMS_NOW);
  return typeof read === 'string' ? read : classifyCaller(read.claims, read.evidence);
}

const application = { kind: 'application', clientId: client };
/** The agent's own ids, without evidence that it acts for itself. */
const notShown = { kind: 'user', clientId: client, userId: servicePrincipal };
const bareUser = { kind: 'user', clientId: client, userId: user };

describe('the claims of an Entra token', () => {
  it.for<readonly [string, Claims, object]>([
    ['idtyp=app', AS_APPLICATION, application],
    ['no scope and oid = sub', { ...AS_APPLICATION, idtyp: undefined }, application],
    ['idtyp=app without an object id', { ...AS_APPLICATION, oid: undefined, sub: undefined }, application],
    ['a v1 token', { ...AS_V1_APPLICATION, appid: client.toUpperCase() }, application],
    ['a v1 token that names its version', { ...AS_V1_APPLICATION, ver: '1.0' }, application],
    ['a v2 token that names its version', { ...AS_APPLICATION, ver: '2.0' }, application],
    ['both names of one client', { ...AS_APPLICATION, appid: client }, application],
    ['a token of now', { ...AS_APPLICATION, nbf: CLAIMS_NOW.getTime() / 1000 }, application],
    [
      'one of a clock a little ahead',
      { ...AS_APPLICATION, nbf: CLAIMS_NOW.getTime() / 1000 + 30 },
      application,
    ],
    ['an expiry as text', { ...AS_APPLICATION, exp: String(AS_APPLICATION.exp) }, application],
    [
      'a user with e-mail and name',
      AS_USER,
      { ...bareUser, email: 'ada@example.test', displayName: 'Ada Ünï' },
    ],
    ['a user without e-mail and name', { ...AS_USER, email: undefined, name: undefined }, bareUser],
    ['a user without scopes', { ...AS_USER, scp: undefined, email: undefined, name: undefined }, bareUser],
    ['empty e-mail and name', { ...AS_USER, email: '', name: '' }, bareUser],
    [
      'no kind, and a subject that is not the object id',
      { ...AS_APPLICATION, idtyp: undefined, sub: user },
      { kind: 'user', clientId: client, userId: servicePrincipal },
    ],
    [
      'oid = sub, and scopes',
      { ...AS_APPLICATION, idtyp: undefined, scp: 'x' },
      { kind: 'user', clientId: client, userId: servicePrincipal },
    ],
    [
      'idtyp=app, and an e-mail address',
      { ...AS_APPLICATION, email: 'a@example.test' },
      { kind: 'user', clientId: client, userId: servicePrincipal, email: 'a@example.test' },
    ],
    ['idtyp=user, oid = sub, no scope', { ...AS_APPLICATION, idtyp: 'user' }, notShown],
    ['idtyp in another case', { ...AS_APPLICATION, idtyp: 'App' }, notShown],
    ['oid = sub, and an empty scope', { ...AS_APPLICATION, idtyp: undefined, scp: '' }, notShown],
  ])('are believed: %s', ([, claims, expected]) => {
    expect(callerOf(claims)).toMatchObject(expected);
  });

  it.for<readonly [ClaimRejection, string, Claims]>([
    ['tenant_wrong', 'another tenant', { tid: user }],
    ['tenant_wrong', 'no tenant', { tid: undefined }],
    ['issuer_wrong', 'no issuer', { iss: undefined }],
    ['issuer_wrong', "another tenant's issuer", { iss: `https://login.microsoftonline.com/${user}/v2.0` }],
    ['issuer_wrong', 'v1 without its slash', { iss: `https://sts.windows.net/${TRUST.tenantId}` }],
    ['issuer_wrong', 'more than the issuer', { iss: `https://sts.windows.net/${TRUST.tenantId}/x` }],
    ['issuer_wrong', 'another case', { iss: `https://STS.windows.net/${TRUST.tenantId}/` }],
    ['issuer_wrong', 'a look-alike host', { iss: `https://sts.windows.net.evil.test/${TRUST.tenantId}/` }],
    [
      'issuer_wrong',
      'the v2 issuer of another cloud',
      { iss: `https://login.microsoftonline.us/${TRUST.tenantId}/v2.0` },
    ],
    ['token_version_contradictory', 'v1 with the issuer of v2', { ver: '1.0' }],
    ['token_version_contradictory', 'a version there is not', { ver: '3.0' }],
    [
      'token_version_contradictory',
      'v2 with the issuer of v1',
      { ver: '2.0', iss: `https://sts.windows.net/${TRUST.tenantId}/` },
    ],
    ['audience_wrong', 'another audience', { aud: 'https://graph.microsoft.com' }],
    ['audience_wrong', 'another case', { aud: TRUST.audiences[0]?.toUpperCase() }],
    ['audience_wrong', 'no audience', { aud: undefined }],
    ['audience_wrong', 'a list that holds it', { aud: `[${TRUST.audiences[0] ?? ''} other]` }],
    ['token_expired', 'a token of before', { exp: CLAIMS_NOW.getTime() / 1000 - 1 }],
    ['token_expired', 'a token that ends now', { exp: CLAIMS_NOW.getTime() / 1000 }],
    ['token_not_yet_valid', 'a token of later', { nbf: CLAIMS_NOW.getTime() / 1000 + 31 }],
    ['claim_malformed', 'a beginning that is no number', { nbf: 'now' }],
    ['claim_malformed', 'no expiry', { exp: undefined }],
    ['claim_malformed', 'an expiry that is no number', { exp: 'never' }],
    ['claim_malformed', 'a negative expiry', { exp: -1 }],
    ['claim_malformed', 'half a second', { exp: 4_000_000_000.5 }],
    ['client_id_missing', 'no application', { azp: undefined }],
    ['client_id_missing', 'a v2 token with the client of v1', { azp: undefined, appid: client }],
    ['client_id_missing', 'a v1 token with the client of v2', { iss: AS_V1_APPLICATION.iss }],
    ['client_id_contradictory', 'two applications', { appid: user }],
    ['claim_malformed', 'an application that is no GUID', { azp: 'client' }],
    ['claim_malformed', 'an object id that is no GUID', { oid: 'me' }],
    ['claim_malformed', 'a list for an object id', { oid: [user] }],
    ['claim_malformed', 'a version that is no text', { ver: 2 }],
    ['claim_malformed', 'roles that are no list', { roles: 'Session.Start' }],
    ['claim_malformed', 'a role that is no text', { roles: ['Session.Start', 1] }],
    ['claim_malformed', 'a control character', { name: 'a\u0000b' }],
    ['claim_malformed', 'a very long e-mail address', { email: `${'a'.repeat(300)}@example.test` }],
    ['client_not_listed', 'an application outside the access list', { azp: user }],
    ['token_kind_contradictory', 'an application with scopes', { idtyp: 'app', scp: 'x' }],
  ])('are refused as %s: %s', ([reason, , change]) => {
    for (const claims of [AS_APPLICATION, { ...AS_USER, idtyp: undefined }]) {
      expect(callerOf({ ...claims, ...change })).toBe(reason);
    }
  });

  it('needs every claim, whatever the configuration holds', () => {
    for (const [name, reason] of [
      ['aud', 'audience_wrong'],
      ['tid', 'tenant_wrong'],
    ] as const) {
      const trust = { ...TRUST, tenantId: '', audiences: [''] };
      const claims = { ...AS_APPLICATION, tid: '', [name]: undefined, iss: 'https://sts.windows.net//' };
      expect(readEntraClaims(claims, trust, CLAIMS_NOW)).toBe(reason);
    }
  });

  it('says nothing by what the object inherits', () => {
    expect(callerOf(Object.create(AS_APPLICATION) as Claims)).toBe('claim_malformed');
  });

  it('never makes an application of a client that every developer shares', () => {
    const cli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
    const trust = { ...TRUST, clients: new Set([...TRUST.clients, cli as typeof client]) };
    const read = readEntraClaims({ ...AS_APPLICATION, azp: cli }, trust, CLAIMS_NOW);
    expect(typeof read === 'string' ? read : classifyCaller(read.claims, read.evidence).kind).toBe('user');
  });
});
