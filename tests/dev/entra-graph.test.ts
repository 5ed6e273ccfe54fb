import { decodeJwt, type JWTPayload } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { GraphFault } from '../../dev/entra/graph-fault.ts';
import type { Entra } from '../../dev/entra/server.ts';
import {
  applicationToken,
  CLIENT,
  CLIENT_SP,
  EXPIRED,
  FOREIGN,
  FOREIGN_TENANT,
  MANAGED_IDENTITY,
  PUBLIC_CLIENT,
  READER,
  requestJson,
  startSubject,
  TENANT,
  userToken,
  type JsonAnswer,
} from './entra-subject.ts';

const NOBODY = 'c0c0c0c0-0000-4000-8000-00000000dead';
let entra: Entra;
let token: string;

beforeAll(async () => {
  entra = await startSubject();
  token = await graphToken(READER);
});
afterAll(() => entra.stop());
afterEach(() => {
  entra.graph.setFault(undefined);
});

function graphToken(clientId: string): Promise<string> {
  return applicationToken(entra, { client_id: clientId, scope: `${entra.graph.url}/.default` });
}
function ask(path: string, bearer = token): Promise<JsonAnswer> {
  return requestJson(entra, `${entra.graph.url}/v1.0/${path}`, undefined, {
    authorization: `Bearer ${bearer}`,
  });
}
const application = (id: string): string => `applications(appId='${id}')`;
const principal = (id: string): string => `servicePrincipals(appId='${id}')`;
const errorOf = ({ status, body }: JsonAnswer): unknown => {
  const error = body['error'];
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return [status, code];
};

describe('Graph shows', () => {
  it('an app registration, with the clients it pre-authorises, as far as it was asked for', async () => {
    const { status, headers, body } = await ask(`${application(CLIENT)}?$select=id,appId,api`);
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/json;/);
    expect(Object.keys(body)).toEqual(['@odata.context', 'id', 'appId', 'api']);
    expect(body).toMatchObject({
      appId: CLIENT,
      api: { preAuthorizedApplications: [{ appId: EXPIRED, delegatedPermissionIds: [expect.any(String)] }] },
    });
    expect(body['id']).not.toBe(CLIENT_SP);
  });

  it('all of it where nothing was selected, the id in any case and with quotes in any form', async () => {
    for (const path of [
      application(CLIENT),
      application(CLIENT.toUpperCase()),
      `applications(appId=%27${CLIENT}%27)`,
    ]) {
      expect((await ask(path)).body).toMatchObject({ appId: CLIENT, displayName: 'client' });
    }
  });

  it('an edit of the list with the next answer', async () => {
    const listed = async (): Promise<unknown> =>
      (await ask(`${application(CLIENT)}?$select=api`)).body['api'];
    entra.graph.setPreAuthorized(CLIENT, [READER, FOREIGN]);
    expect(await listed()).toMatchObject({
      preAuthorizedApplications: [{ appId: READER }, { appId: FOREIGN }],
    });
    entra.graph.setPreAuthorized(CLIENT, [EXPIRED]);
    expect(await listed()).toMatchObject({ preAuthorizedApplications: [{ appId: EXPIRED }] });
  });

  it.each([
    [CLIENT, 'Application', TENANT],
    [FOREIGN, 'Application', FOREIGN_TENANT],
    [MANAGED_IDENTITY, 'ManagedIdentity', null],
  ])('the service principal of %s: %s of %s', async (id, type, owner) => {
    const fields = 'id,appId,servicePrincipalType,appOwnerOrganizationId';
    expect((await ask(`${principal(id)}?$select=${fields}`)).body).toMatchObject({
      appId: id,
      servicePrincipalType: type,
      appOwnerOrganizationId: owner,
    });
  });

  it('as its id the object id that tokens carry', async () => {
    expect((await ask(principal(CLIENT))).body['id']).toBe(CLIENT_SP);
  });

  it.each([FOREIGN, MANAGED_IDENTITY, PUBLIC_CLIENT, NOBODY])('no app registration of %s', async (id) => {
    const answer = await ask(application(id));
    expect(errorOf(answer)).toEqual([404, 'Request_ResourceNotFound']);
    expect(JSON.stringify(answer.body)).toContain(`Resource '${id}' does not exist`);
  });

  it('no service principal of nobody, but one of the public clients', async () => {
    expect(errorOf(await ask(principal(NOBODY)))).toEqual([404, 'Request_ResourceNotFound']);
    expect((await ask(principal(PUBLIC_CLIENT))).status).toBe(200);
  });
});

describe('Graph answers 400 to', () => {
  it.each([
    ['an id without quotes', `applications(appId=${CLIENT})`],
    ['an id in double quotes', `applications(appId="${CLIENT}")`],
    ['an id that is no GUID', application('client')],
    ['an id with a quote in it', application(`${CLIENT}''`)],
    ['a key of another name', `applications(id='${CLIENT}')`],
    ['a property nobody knows', `${application(CLIENT)}?$select=id,canary`],
    ['a property of another kind', `${principal(CLIENT)}?$select=api`],
    ['a collection', 'applications'],
    ['something else', 'users'],
    ['more than it', `${application(CLIENT)}/owners`],
  ])('%s', async (_name, path) => {
    expect(errorOf(await ask(path))).toEqual([400, 'BadRequest']);
  });
});

describe('Graph lets in', () => {
  const refused = async (bearer: string): Promise<unknown> => errorOf(await ask(application(CLIENT), bearer));

  it('a token for it that has the role, and its roles are those on Graph', () => {
    expect(decodeJwt(token)).toMatchObject({ aud: entra.graph.url, roles: ['Application.Read.All'] });
    expect(entra.audiences).not.toContain(entra.graph.url);
  });

  it('none without a token, or with two', async () => {
    const url = `${entra.graph.url}/v1.0/${application(CLIENT)}`;
    expect(errorOf(await requestJson(entra, url))).toEqual([401, 'InvalidAuthenticationToken']);
    const two = { authorization: `Bearer ${token}, Bearer ${token}` };
    expect(errorOf(await requestJson(entra, url, undefined, two))).toEqual([
      401,
      'InvalidAuthenticationToken',
    ]);
  });

  it.each<[string, () => Promise<string>]>([
    ['of nobody', () => Promise.resolve('a.b.c')],
    ['for another resource', () => applicationToken(entra, { client_id: READER })],
    ['that has expired', () => forged({ exp: 1 })],
    ['of another issuer', () => forged({ iss: entra.issuers.v2 })],
    ['whose signature was cut', () => Promise.resolve(token.slice(0, -8))],
  ])('none with a token %s', async (_name, issue) => {
    expect(await refused(await issue())).toEqual([401, 'InvalidAuthenticationToken']);
  });

  it.each<[string, () => Promise<string>]>([
    ['an application without the role', () => graphToken(CLIENT)],
    ['an application with another role', () => forged({ roles: ['User.Read.All'] })],
    ['a role that is no list', () => forged({ roles: 'Application.Read.All' })],
    ['a user', () => userToken(entra, { scope: `${entra.graph.url}/User.Read` })],
  ])('not %s', async (_name, issue) => {
    expect(await refused(await issue())).toEqual([403, 'Authorization_RequestDenied']);
  });

  function forged(claims: JWTPayload): Promise<string> {
    return entra.sign({ ...decodeJwt(token), ...claims });
  }
});

describe('Graph can be told to', () => {
  const faults: readonly (readonly [GraphFault, number, string])[] = [
    [{ kind: 'refusing' }, 403, 'Authorization_RequestDenied'],
    [{ kind: 'throttling', retryAfter: '7' }, 429, 'TooManyRequests'],
    [{ kind: 'failing' }, 500, 'InternalServerError'],
  ];
  it.each(faults)('answer as if %j, to what is there and what is not', async (fault, status, code) => {
    entra.graph.setFault(fault);
    for (const id of [CLIENT, NOBODY]) {
      const answer = await ask(application(id));
      expect(errorOf(answer)).toEqual([status, code]);
      expect(answer.headers['retry-after']).toBe(status === 429 ? '7' : undefined);
    }
    entra.graph.setFault(undefined);
    expect((await ask(application(CLIENT))).status).toBe(200);
  });

  it('throttle so many requests, and no more', async () => {
    entra.graph.setFault({ kind: 'throttling', times: 2 });
    const statuses = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await ask(application(CLIENT))).status);
    expect(statuses).toEqual([429, 429, 200]);
  });

  it('be slow, and right', async () => {
    entra.graph.setFault({ kind: 'slow', ms: 300 });
    const from = performance.now();
    expect((await ask(application(CLIENT))).status).toBe(200);
    expect(performance.now() - from).toBeGreaterThan(290);
    expect(errorOf(await ask(application(NOBODY)))).toEqual([404, 'Request_ResourceNotFound']);
  });

  it('answer in a wrong shape, about somebody else, or not at all', async () => {
    entra.graph.setFault({ kind: 'wrong_shape' });
    expect((await ask(application(CLIENT))).body).toMatchObject({ value: [{ appId: CLIENT }] });
    entra.graph.setFault({ kind: 'lying', lists: [FOREIGN] });
    const lie = await ask(application(CLIENT));
    expect(lie).toMatchObject({
      status: 200,
      body: { api: { preAuthorizedApplications: [{ appId: FOREIGN }] } },
    });
    expect(lie.body['appId']).not.toBe(CLIENT);
    entra.graph.setFault({ kind: 'absent' });
    await expect(ask(application(CLIENT))).rejects.toThrow();
    entra.graph.setFault({ kind: 'web_page' });
    await expect(ask(application(CLIENT))).rejects.toThrow('JSON');
  });

  it('hang, and count who came', async () => {
    const before = entra.graph.requests();
    entra.graph.setFault({ kind: 'hanging' });
    const hanging = ask(application(CLIENT)).then(
      () => 'answered',
      () => 'gone',
    );
    await expect.poll(() => entra.graph.requests(), { timeout: 10_000 }).toBe(before + 1);
    const waited = new Promise((resolve) => setTimeout(resolve, 200, 'waiting'));
    expect(await Promise.race([hanging, waited])).toBe('waiting');
    expect(entra.graph.requests()).toBe(before + 1);
  });
});
