import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Entra } from '../../dev/entra/server.ts';
import {
  applicationForm,
  applicationToken,
  askToken,
  CLIENT,
  CLIENT_SP,
  EXPIRED,
  PUBLIC_CLIENT,
  requestJson,
  RESOURCE_V1,
  RESOURCE_V2,
  startSubject,
  TENANT,
  USER,
  userForm,
  userToken,
} from './entra-subject.ts';

const MINUTE_MS = 60_000;
let entra: Entra;

beforeAll(async () => {
  entra = await startSubject();
});
afterAll(() => entra.stop());

async function keySet(): Promise<JSONWebKeySet> {
  return (await requestJson(entra, entra.jwksUrl)).body as unknown as JSONWebKeySet;
}

describe('discovery', () => {
  it.each([
    ['v2.0/.well-known/openid-configuration', (): string => `${entra.authority}/${TENANT}/v2.0`],
    ['.well-known/openid-configuration', (): string => `https://sts.windows.net/${TENANT}/`],
  ])('%s names its issuer and where the keys are', async (path, issuer) => {
    const { body } = await requestJson(entra, `${entra.authority}/${TENANT}/${path}`);
    expect(body).toMatchObject({ issuer: issuer(), token_endpoint: entra.tokenUrl });
    const keys = await requestJson(entra, String(body['jwks_uri']));
    expect(keys.body['keys']).toHaveLength(2);
  });
});

describe('the keys of version 2', () => {
  it('say that they sign for any tenant', async () => {
    const issuer = `${entra.authority}/{tenantid}/v2.0`;
    const { keys } = await keySet();
    expect(keys).toEqual([expect.objectContaining({ issuer }), expect.objectContaining({ issuer })]);
  });
});

describe('an application token', () => {
  it('verifies against the published keys and says who it is for', async () => {
    const token = await applicationToken(entra);
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(await keySet()), {
      algorithms: ['RS256'],
      issuer: entra.issuers.v1,
      audience: 'api://one',
    });
    expect(protectedHeader.typ).toBe('JWT');
    expect(payload).toMatchObject({
      appid: CLIENT,
      appidacr: '1',
      oid: CLIENT_SP,
      sub: CLIENT_SP,
      tid: TENANT,
      ver: '1.0',
    });
    expect(payload).toHaveProperty('uti');
    for (const claim of ['scp', 'azp', 'email', 'roles', 'idtyp']) expect(payload).not.toHaveProperty(claim);
  });

  it('is a v2 token where the resource wants those', async () => {
    const claims = decodeJwt(await applicationToken(entra, { scope: 'api://two/.default' }));
    expect(claims).toMatchObject({ azp: CLIENT, azpacr: '1', ver: '2.0', aud: RESOURCE_V2, idtyp: 'app' });
    expect(claims.iss).toBe(entra.issuers.v2);
    expect(claims).not.toHaveProperty('appid');
  });

  it.each([
    ['api://one/.default', 'api://one'],
    ['api://one//.default', 'api://one/'],
    [`${RESOURCE_V1}/.default`, RESOURCE_V1],
    ['api://two//.default', RESOURCE_V2],
  ])('asked for with %s has audience %s', async (scope, audience) => {
    expect(decodeJwt(await applicationToken(entra, { scope })).aud).toBe(audience);
    expect(entra.audiences).toContain(audience);
  });
});

describe('a user token', () => {
  it('names the user, the public client and the scopes', async () => {
    const claims = decodeJwt(await userToken(entra));
    expect(claims).toMatchObject({
      appid: PUBLIC_CLIENT,
      appidacr: '0',
      oid: USER,
      scp: 'read write',
      email: 'ada@one.test',
      given_name: 'Ada',
      family_name: 'Lovelace',
    });
    expect(claims.sub).not.toBe(USER);
    expect(claims).not.toHaveProperty('idtyp');
  });

  it('has no e-mail where the account has none', async () => {
    const claims = decodeJwt(await userToken(entra, { username: 'zoe@one.test' }));
    expect(claims).toMatchObject({ name: 'Zoë Müller', scp: 'read write' });
    expect(claims).not.toHaveProperty('email');
  });

  it('can be had for single scopes, through a confidential client too', async () => {
    const { body } = await askToken(entra, {
      ...userForm,
      client_id: CLIENT,
      client_secret: applicationForm.client_secret,
      scope: 'api://one/read',
    });
    expect(body['scope']).toBe('api://one/read');
    expect(decodeJwt(String(body['access_token']))).toMatchObject({
      appid: CLIENT,
      appidacr: '1',
      scp: 'read',
    });
  });
});

describe('a refusal', () => {
  const cases: readonly (readonly [string, Record<string, string>, number, string, number])[] = [
    ['an unknown app', { client_id: TENANT }, 400, 'unauthorized_client', 700016],
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    ['an expired secret', { client_id: EXPIRED }, 401, 'invalid_client', 7000222],
    ['a resource nobody knows', { scope: 'api://three/.default' }, 400, 'invalid_resource', 500011],
    ['a scope without .default', { scope: 'api://one/read' }, 400, 'invalid_scope', 1002012],
    ['a missing scope', { scope: '' }, 400, 'invalid_request', 900144],
    ['a missing grant type', { grant_type: '' }, 400, 'invalid_request', 900144],
    ['another grant type', { grant_type: 'magic' }, 400, 'unsupported_grant_type', 70003],
    ['a secret of a public client', { client_id: PUBLIC_CLIENT }, 401, 'invalid_client', 700025],
  ];

  it.each(cases)('of %s has its status and AADSTS code', async (_name, form, status, error, code) => {
    const answer = await askToken(entra, { ...applicationForm, ...form });
    expect(answer).toMatchObject({
      status,
      body: { error, error_codes: [code], correlation_id: 'correlate-me' },
    });
    expect(answer.body['error_description']).toMatch(new RegExp(`^AADSTS${code}: .+ Trace ID: `));
    expect(answer.body).toHaveProperty(
      'timestamp',
      expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
    );
    expect(answer.body).toHaveProperty('trace_id');
    expect(answer.body).not.toHaveProperty('access_token');
  });

  it.each([
    ['a wrong password', { password: 'wrong' }, 50126],
    ['an unknown user', { username: 'eve@one.test' }, 50034],
    ['an unknown scope', { scope: 'api://one/delete' }, 70011],
  ])('of %s tells a user so', async (_name, form, code) => {
    const answer = await askToken(entra, { ...userForm, ...form });
    expect(answer).toMatchObject({ status: 400, body: { error_codes: [code] } });
  });

  it('of an app without its secret is AADSTS7000218', async () => {
    const form: Record<string, string> = { ...applicationForm };
    delete form['client_secret'];
    expect(await askToken(entra, form)).toMatchObject({ status: 401, body: { error_codes: [7000218] } });
  });

  it('of another tenant is AADSTS90002', async () => {
    const url = entra.tokenUrl.replace(TENANT, CLIENT);
    const answer = await requestJson(entra, url, applicationForm);
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request', error_codes: [90002] } });
  });

  it('of a disabled app is AADSTS7000112, until it is enabled again', async () => {
    entra.setAppEnabled(CLIENT, false);
    expect(await askToken(entra, applicationForm)).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client', error_codes: [7000112] },
    });
    entra.setAppEnabled(CLIENT, true);
    expect(await askToken(entra, applicationForm)).toMatchObject({ status: 200 });
  });
});

describe('time', () => {
  it('can be made short', async () => {
    entra.setTokenLifetimeSeconds(2);
    const { body } = await askToken(entra, applicationForm);
    entra.setTokenLifetimeSeconds(3_599);
    expect(body['expires_in']).toBe(2);
    const { exp = 0, iat = 0 } = decodeJwt(String(body['access_token']));
    expect(exp - iat).toBe(2);
    expect(Math.abs(iat * 1_000 - Date.now())).toBeLessThan(MINUTE_MS);
  });

  it('rotates keys: the next one is published before it signs, the last one stays', async () => {
    const before = await keySet();
    const old = await applicationToken(entra);
    await entra.rotateKeys();
    const young = await applicationToken(entra);
    expect(decodeProtectedHeader(young).kid).not.toBe(decodeProtectedHeader(old).kid);
    await jwtVerify(young, createLocalJWKSet(before));
    await jwtVerify(old, createLocalJWKSet(await keySet()));
  });
});
