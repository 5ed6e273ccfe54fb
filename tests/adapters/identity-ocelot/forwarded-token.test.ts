import { beforeAll, describe, expect, it } from 'vitest';
import type { HttpHeaders } from '../../../adapters/http/index.ts';
import { OcelotIdentitySource, PROOF_HEADER } from '../../../adapters/identity-ocelot/index.ts';
import { describeIdentitySource } from '../../contract/identity-source.contract.ts';
import {
  APPLICATION_TOKEN,
  EntraTenant,
  newSigningKey,
  USER_TOKEN,
  type SigningKey,
} from '../../support/entra-tenant.ts';
import {
  asApplication,
  asUser,
  client,
  servicePrincipal,
  user,
  withLine,
} from '../../support/ocelot-callers.ts';
import { BOTH_PROOFS, callerOf, ocelotSource } from '../../support/ocelot-source.ts';

const OTHER = 'bad00000-0000-4000-8000-000000000bad';
const application = { kind: 'application', clientId: client } as const;
const ada = {
  kind: 'user',
  clientId: client,
  userId: user,
  email: 'ada@example.test',
  displayName: 'Ada Ünï',
} as const;

let key: SigningKey;
let tenant: EntraTenant;
beforeAll(async () => {
  key = await newSigningKey('entra-1');
  tenant = new EntraTenant(key);
});

function sourceOf(entra: EntraTenant, requiredRole?: string): OcelotIdentitySource {
  return new OcelotIdentitySource({
    proof: BOTH_PROOFS,
    evidence: 'token',
    tokens: entra.verifier(),
    ...(requiredRole === undefined ? {} : { requiredRole }),
  });
}
const forwarded = (headers: HttpHeaders, token: string): HttpHeaders =>
  withLine(headers, 'authorization', `Bearer ${token}`);

describeIdentitySource('Ocelot with the token it forwards', async () => {
  const signing = await newSigningKey('entra-1');
  const entra = new EntraTenant(signing);
  const offline = new EntraTenant(signing);
  offline.instead = () => Promise.reject(new Error('planted'));
  const app = await entra.sign(APPLICATION_TOKEN);
  const ofUser = await entra.sign(USER_TOKEN);
  const asCredential = (headers: HttpHeaders) => ({ headers });
  return {
    source: sourceOf(entra),
    proven: [
      { credential: { headers: forwarded(asApplication(), app) }, principal: application },
      { credential: { headers: forwarded(asUser(), ofUser) }, principal: ada },
    ],
    unproven: [
      forwarded(asApplication({ [PROOF_HEADER]: undefined }), app),
      forwarded(asApplication({ [PROOF_HEADER]: 'x'.repeat(35) }), app),
    ].map(asCredential),
    doubtful: [
      asApplication(),
      forwarded(asApplication({ 'client-id': undefined }), app),
      forwarded(asApplication(), ofUser),
      forwarded(asUser(), app),
      forwarded(forwarded(asApplication(), app), app),
    ].map(asCredential),
    withoutEvidence: { source: sourceOf(offline), credential: { headers: forwarded(asApplication(), app) } },
    close: () => Promise.resolve(),
  };
});

describe('with the forwarded token as evidence', () => {
  const caller = async (headers: HttpHeaders, claims: object): Promise<unknown> =>
    callerOf(forwarded(headers, await tenant.sign(claims)), sourceOf(tenant));

  it('a token of another client than the headers name is refused', async () => {
    expect(await caller(asApplication({ 'client-id': OTHER }), APPLICATION_TOKEN)).toBe(
      'token_contradicts_client_id',
    );
  });

  it('a token of another user than the headers name is refused', async () => {
    expect(await caller(asApplication({ 'user-id': OTHER }), APPLICATION_TOKEN)).toBe(
      'token_contradicts_user_id',
    );
    expect(await caller(asApplication({ 'user-id': user }), APPLICATION_TOKEN)).toBe(
      'token_contradicts_user_id',
    );
  });

  it('a token that names somebody where the headers name nobody is refused, and the other way round', async () => {
    expect(await caller(asApplication({ 'user-id': undefined }), APPLICATION_TOKEN)).toBe(
      'token_contradicts_user_id',
    );
    const nobody = { ...APPLICATION_TOKEN, oid: undefined, sub: undefined };
    expect(await caller(asApplication(), nobody)).toBe('token_contradicts_user_id');
  });

  it('ids in another case are the same ids', async () => {
    const shouted = { 'client-id': client.toUpperCase(), 'user-id': servicePrincipal.toUpperCase() };
    expect(await caller(asApplication(shouted), APPLICATION_TOKEN)).toEqual(application);
  });

  it('the token alone says what is an application: no directory, and not the absence of an e-mail', async () => {
    const bare = asUser({ 'x-bayer-user': undefined, 'user-profile': undefined });
    const asSeen = { kind: 'user', clientId: client, userId: user };
    expect(await caller(bare, { ...USER_TOKEN, email: undefined, name: undefined })).toEqual(asSeen);
  });

  it('what either says of a user counts', async () => {
    const named = asApplication({ 'user-profile': '{"displayName":"Ada"}' });
    expect(await caller(named, APPLICATION_TOKEN)).toMatchObject({ kind: 'user', displayName: 'Ada' });
    const mail = { ...APPLICATION_TOKEN, email: 'ada@example.test' };
    expect(await caller(asApplication(), mail)).toMatchObject({ kind: 'user', email: 'ada@example.test' });
  });

  it.for<readonly [string, string, readonly string[]]>([
    ['no token', 'bearer_token_missing', []],
    ['Basic', 'bearer_token_malformed', ['Basic YTpi']],
    ['a made-up token', 'token_malformed', ['Bearer a.b.c']],
  ])('%s is refused as %s', async ([, reason, lines]) => {
    const headers = lines.reduce((all, line) => withLine(all, 'authorization', line), asApplication());
    expect(await callerOf(headers, sourceOf(tenant))).toBe(reason);
  });

  it('two tokens are refused, though both are good', async () => {
    const token = await tenant.sign(APPLICATION_TOKEN);
    const twice = forwarded(forwarded(asApplication(), token), token);
    expect(await callerOf(twice, sourceOf(tenant))).toBe('authorization_repeated');
  });

  it('the proof comes first, then the headers, then the token: each before the next is looked at', async () => {
    const fresh = new EntraTenant(key);
    const source = sourceOf(fresh);
    const unproven = asApplication({ [PROOF_HEADER]: undefined, 'client-id': 'x' });
    expect(await callerOf(forwarded(unproven, 'a.b.c'), source)).toBe('proxy_proof_missing');
    const doubtful = asApplication({ 'client-id': 'x' });
    expect(await callerOf(forwarded(doubtful, 'a.b.c'), source)).toBe('client_id_malformed');
    expect(fresh.asked).toEqual([]);
  });

  it('the required role is that of the token', async () => {
    const withRole = await tenant.sign({ ...APPLICATION_TOKEN, roles: ['Platform.Use'] });
    const source = sourceOf(tenant, 'Platform.Use');
    expect(await callerOf(forwarded(asApplication(), withRole), source)).toEqual(application);
    const without = forwarded(asApplication(), await tenant.sign(APPLICATION_TOKEN));
    expect(await source.identify({ headers: without })).toEqual({
      outcome: 'role_missing',
      principal: application,
    });
  });
});

describe('without the token as evidence', () => {
  it.for(['directory', 'headers'] as const)('with %s a forwarded token is not read', async (evidence) => {
    const headers = asApplication(evidence === 'headers' ? { 'user-id': undefined } : {});
    for (const authorization of ['Bearer a.b.c', 'nonsense', '']) {
      const more = withLine(withLine(headers, 'authorization', authorization), 'authorization', 'again');
      expect(await callerOf(more, ocelotSource({ evidence }))).toEqual(application);
    }
  });
});
