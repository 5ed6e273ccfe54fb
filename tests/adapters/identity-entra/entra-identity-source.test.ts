import { beforeAll, describe, expect, it } from 'vitest';
import type { HttpCredential } from '../../../adapters/http/index.ts';
import { describeIdentitySource } from '../../contract/identity-source.contract.ts';
import {
  APPLICATION_TOKEN,
  EntraTenant,
  newSigningKey,
  USER_TOKEN,
  V1_APPLICATION_TOKEN,
  type SigningKey,
} from '../../support/entra-tenant.ts';
import { asApplication, client, headersOf, servicePrincipal, user } from '../../support/ocelot-callers.ts';

const ada = { email: 'ada@example.test', displayName: 'Ada Ünï' };
const application = { kind: 'application', clientId: client } as const;

function authorized(...values: readonly string[]): HttpCredential {
  return { headers: headersOf(values.map((value) => ['Authorization', value])) };
}

let key: SigningKey;
let foreign: SigningKey;
beforeAll(async () => {
  [key, foreign] = await Promise.all([newSigningKey('entra-1'), newSigningKey('entra-1')]);
});

describeIdentitySource('Entra', async () => {
  const [signing, other] = await Promise.all([newSigningKey('entra-1'), newSigningKey('entra-1')]);
  const tenant = new EntraTenant(signing);
  const offline = new EntraTenant(signing);
  offline.instead = () => Promise.reject(new Error('planted'));
  const bearer = async (claims: object, ...more: readonly [object?, SigningKey?]) =>
    authorized(`Bearer ${await tenant.sign(claims, ...more)}`);
  const good = await tenant.sign(APPLICATION_TOKEN);
  return {
    source: tenant.source(),
    proven: [
      { credential: await bearer(APPLICATION_TOKEN), principal: application },
      { credential: await bearer(V1_APPLICATION_TOKEN), principal: application },
      { credential: authorized(`bearer ${good}`), principal: application },
      {
        credential: await bearer(USER_TOKEN),
        principal: { kind: 'user', clientId: client, userId: user, ...ada },
      },
      {
        credential: await bearer({ ...USER_TOKEN, email: undefined, name: undefined }),
        principal: { kind: 'user', clientId: client, userId: user },
      },
    ],
    unproven: [
      authorized(),
      { headers: asApplication() },
      await bearer(APPLICATION_TOKEN, {}, other),
      authorized(`Bearer ${good.slice(0, -8)}AAAAAAAA`),
    ],
    doubtful: [
      authorized(`Bearer ${good}`, `Bearer ${good}`),
      authorized(`Bearer ${good}, Bearer ${good}`),
      await bearer({ ...APPLICATION_TOKEN, appid: user }),
      await bearer({ ...APPLICATION_TOKEN, scp: 'both' }),
      await bearer({ ...USER_TOKEN, oid: ['one', 'two'] }),
    ],
    withoutEvidence: { source: offline.source(), credential: authorized(`Bearer ${good}`) },
    close: () => Promise.resolve(),
  };
});

describe('the token of a request', () => {
  it.for<readonly [string, string, (token: string) => readonly string[]]>([
    ['bearer_token_missing', 'none', () => []],
    ['authorization_repeated', 'two headers, both good', (token) => [`Bearer ${token}`, `Bearer ${token}`]],
    ['authorization_repeated', 'a good one after another scheme', (token) => ['Basic x', `Bearer ${token}`]],
    ['bearer_token_malformed', 'Basic', () => ['Basic YTpi']],
    ['bearer_token_malformed', 'an empty header', () => ['']],
    ['bearer_token_malformed', 'a scheme without a token', () => ['Bearer ']],
    ['bearer_token_malformed', 'a bare token', (token) => [token]],
    ['bearer_token_malformed', 'two in one header', (token) => [`Bearer ${token},Bearer ${token}`]],
    ['bearer_token_malformed', 'two spaces', (token) => [`Bearer  ${token}`]],
    ['bearer_token_malformed', 'something behind it', (token) => [`Bearer ${token} `]],
    ['bearer_token_malformed', 'an encrypted one', (token) => [`Bearer ${token}.x.y`]],
    ['bearer_token_malformed', 'an opaque one', () => ['Bearer opaque']],
  ])('is refused as %s: %s; nobody asks for keys', async ([reason, , valuesOf]) => {
    const tenant = new EntraTenant(key);
    const credential = authorized(...valuesOf(await tenant.sign(APPLICATION_TOKEN)));
    expect(await tenant.source().identify(credential)).toEqual({ outcome: 'rejected', reason });
    expect(tenant.asked).toEqual([]);
  });

  it('is all that is read: identity headers beside it neither help nor harm', async () => {
    const tenant = new EntraTenant(key);
    const token = await tenant.sign(USER_TOKEN);
    const headers = new Map([
      ...asApplication({ 'client-id': servicePrincipal, client_id: client, 'user-profile': '{' }),
      ...authorized(`Bearer ${token}`).headers,
    ]);
    expect(await tenant.source().identify({ headers, authorizer: APPLICATION_TOKEN })).toEqual({
      outcome: 'identified',
      principal: { kind: 'user', clientId: client, userId: user, ...ada },
    });
    const without = { headers: asApplication(), authorizer: APPLICATION_TOKEN };
    expect(await tenant.source().identify(without)).toMatchObject({ reason: 'bearer_token_missing' });
  });

  it('carries the required role, or its caller is known and kept out', async () => {
    const tenant = new EntraTenant(key);
    const source = tenant.source('Platform.Use');
    const identify = async (claims: object) =>
      source.identify(authorized(`Bearer ${await tenant.sign(claims)}`));
    expect(await identify({ ...APPLICATION_TOKEN, roles: ['Platform.Use'] })).toMatchObject({
      outcome: 'identified',
    });
    expect(await identify(APPLICATION_TOKEN)).toEqual({ outcome: 'role_missing', principal: application });
    expect(await identify({ ...USER_TOKEN, roles: ['platform.use'] })).toMatchObject({
      outcome: 'role_missing',
      principal: { kind: 'user', userId: user },
    });
  });

  it('does not get the role from a token nobody signed', async () => {
    const tenant = new EntraTenant(key);
    const forged = await tenant.sign({ ...APPLICATION_TOKEN, roles: ['Platform.Use'] }, {}, foreign);
    expect(await tenant.source('Platform.Use').identify(authorized(`Bearer ${forged}`))).toEqual({
      outcome: 'rejected',
      reason: 'signature_wrong',
    });
  });
});
