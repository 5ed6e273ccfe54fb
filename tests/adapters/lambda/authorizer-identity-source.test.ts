import { describe, expect, it } from 'vitest';
import type { HttpCredential } from '../../../adapters/http/index.ts';
import { AuthorizerIdentitySource } from '../../../adapters/lambda/index.ts';
import { describeIdentitySource } from '../../contract/identity-source.contract.ts';
import { AS_APPLICATION, AS_USER, CLAIMS_NOW, TRUST } from '../../support/entra-claims.ts';
import { asApplication, client, headersOf, user } from '../../support/ocelot-callers.ts';

const NO_HEADERS = headersOf([]);
const claimed = (authorizer: Readonly<Record<string, unknown>>): HttpCredential => ({
  headers: NO_HEADERS,
  authorizer,
});
const source = new AuthorizerIdentitySource({ trust: TRUST, clock: { now: () => CLAIMS_NOW } });
const ada = { email: 'ada@example.test', displayName: 'Ada Ünï' };

describeIdentitySource('authorizer of API Gateway', () =>
  Promise.resolve({
    source,
    proven: [
      { credential: claimed(AS_APPLICATION), principal: { kind: 'application', clientId: client } },
      { credential: claimed(AS_USER), principal: { kind: 'user', clientId: client, userId: user, ...ada } },
    ],
    unproven: [
      { headers: NO_HEADERS },
      { headers: asApplication() },
      claimed({}),
      claimed({ ...AS_APPLICATION, iss: 'https://evil.example.test/' }),
      claimed({ ...AS_APPLICATION, exp: CLAIMS_NOW.getTime() / 1000 }),
    ],
    doubtful: [
      claimed({ ...AS_APPLICATION, azp: 'not-a-guid' }),
      claimed({ ...AS_APPLICATION, appid: user }),
      claimed({ ...AS_APPLICATION, scp: 'both' }),
      claimed({ ...AS_USER, oid: ['one', 'two'] }),
    ],
    close: () => Promise.resolve(),
  }),
);

describe('an authorizer’s claims', () => {
  it('are all that counts: identity headers beside them change nothing', async () => {
    const headers = asApplication({ 'client-id': user, 'user-id': user });
    expect(await source.identify({ headers, authorizer: AS_APPLICATION })).toEqual({
      outcome: 'identified',
      principal: { kind: 'application', clientId: client },
    });
  });

  it.for([
    ['a list', ['Platform.Use', 'Other']],
    ['a list as API Gateway writes it', '[Other Platform.Use]'],
  ] as const)('carry the required role in %s', async ([, roles]) => {
    const strict = new AuthorizerIdentitySource({
      trust: TRUST,
      clock: { now: () => CLAIMS_NOW },
      requiredRole: 'Platform.Use',
    });
    const principal = { kind: 'application', clientId: client };
    expect(await strict.identify(claimed({ ...AS_APPLICATION, roles }))).toEqual({
      outcome: 'identified',
      principal,
    });
    expect(await strict.identify(claimed(AS_APPLICATION))).toEqual({ outcome: 'role_missing', principal });
    for (const doubtful of ['Platform.Use', '[Platform.Use', 'Other Platform.Use', '[Other  Platform.Use]']) {
      expect(await strict.identify(claimed({ ...AS_APPLICATION, roles: doubtful }))).toEqual({
        outcome: 'rejected',
        reason: 'claim_malformed',
      });
    }
  });
});
