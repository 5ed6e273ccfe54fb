import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_SCOPE_ID } from '../../dev/entra/graph-objects.ts';
import type { Entra } from '../../dev/entra/server.ts';
import {
  applicationToken,
  CLIENT,
  EDITOR,
  FOREIGN,
  MANAGED_IDENTITY,
  OWNER,
  PUBLIC_CLIENT,
  READER,
  requestJson,
  send,
  startSubject,
  userToken,
  type JsonAnswer,
} from './entra-subject.ts';

const NOBODY = 'c0c0c0c0-0000-4000-8000-00000000dead';
const FIRST = [READER];
let entra: Entra;
beforeAll(async () => {
  entra = await startSubject();
  entra.graph.setPreAuthorized(OWNER, FIRST);
});
afterAll(() => entra.stop());
afterEach(() => {
  entra.graph.setFault(undefined);
  entra.graph.setPreAuthorized(OWNER, FIRST);
});

const graphToken = (clientId: string): Promise<string> =>
  applicationToken(entra, { client_id: clientId, scope: `${entra.graph.url}/.default` });
const entry = (appId: string): object => ({ appId, delegatedPermissionIds: [DEFAULT_SCOPE_ID] });
const listing = (...preAuthorizedApplications: readonly unknown[]): object => ({
  api: { preAuthorizedApplications },
});

async function patch(
  body: object | string,
  { by = OWNER, of = OWNER, bearer = '', kind = 'applications' } = {},
): Promise<JsonAnswer> {
  const token = bearer === '' ? await graphToken(by) : bearer;
  const url = `${entra.graph.url}/v1.0/${kind}(appId='${of}')`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return send(entra, url, 'PATCH', headers, typeof body === 'string' ? body : JSON.stringify(body));
}
async function listed(appId = OWNER): Promise<unknown> {
  const { body } = await requestJson(
    entra,
    `${entra.graph.url}/v1.0/applications(appId='${appId}')?$select=api`,
    undefined,
    { authorization: `Bearer ${await graphToken(READER)}` },
  );
  return Reflect.get(Object(body['api']), 'preAuthorizedApplications') as unknown;
}
const errorOf = ({ status, body }: JsonAnswer): unknown => [
  status,
  Reflect.get(Object(body['error']), 'code') as unknown,
];

describe('an edit of the pre-authorised clients', () => {
  it('replaces the list, and the next answer shows it as it was sent', async () => {
    const clients = [entry(CLIENT), entry(PUBLIC_CLIENT), entry(FOREIGN)];
    expect(await patch(listing(...clients))).toMatchObject({ status: 204, body: {} });
    expect(await listed()).toEqual(clients);
    expect((await patch(listing(entry(CLIENT.toUpperCase())), { of: OWNER.toUpperCase() })).status).toBe(204);
    expect(await listed()).toEqual([entry(CLIENT)]);
    expect((await patch(listing())).status).toBe(204);
    expect(await listed()).toEqual([]);
  });

  it('is taken from who may edit all, of any registration', async () => {
    for (const of of [OWNER, CLIENT]) {
      expect((await patch(listing(entry(FOREIGN)), { by: EDITOR, of })).status).toBe(204);
      expect(await listed(of)).toEqual([entry(FOREIGN)]);
    }
  });

  it('is answered as ever while reads have a fault', async () => {
    entra.graph.setFault({ kind: 'failing' });
    expect((await patch(listing())).status).toBe(204);
    expect((await patch(listing(), { by: EDITOR, of: NOBODY })).status).toBe(404);
  });

  it.each<[string, () => ReturnType<typeof patch>]>([
    ['of another registration than its own', () => patch(listing(), { of: CLIENT })],
    ['by who may read', () => patch(listing(), { by: READER })],
    ['by who may read, of its own', () => patch(listing(), { by: READER, of: READER })],
    ['by who has no role', () => patch(listing(), { by: CLIENT, of: CLIENT })],
    [
      'by a user',
      async () => {
        const bearer = await userToken(entra, { scope: `${entra.graph.url}/User.Read` });
        return patch(listing(), { bearer });
      },
    ],
  ])('%s is 403, and changes nothing', async (_name, edit) => {
    const before = await Promise.all([OWNER, CLIENT, READER].map(listed));
    expect(errorOf(await edit())).toEqual([403, 'Authorization_RequestDenied']);
    expect(await Promise.all([OWNER, CLIENT, READER].map(listed))).toEqual(before);
  });

  it('without a token for Graph is 401', async () => {
    const bearer = await applicationToken(entra, { client_id: OWNER });
    expect(errorOf(await patch(listing(), { bearer }))).toEqual([401, 'InvalidAuthenticationToken']);
  });

  it.each([NOBODY, FOREIGN, MANAGED_IDENTITY])('of %s, which has no registration, is 404', async (of) => {
    expect(errorOf(await patch(listing(), { by: EDITOR, of }))).toEqual([404, 'Request_ResourceNotFound']);
  });

  it.each<[string, object | string]>([
    ['no JSON', '{'],
    ['no body', ''],
    ['a list', []],
    ['nothing to change', {}],
    ['an api that is none', { api: 'x' }],
    ['an api without the list', { api: {} }],
    ['a list that is none', { api: { preAuthorizedApplications: CLIENT } }],
    ['a list that is null', { api: { preAuthorizedApplications: null } }],
    ['more than the list', { api: { preAuthorizedApplications: [], acceptMappedClaims: true } }],
    ['more than the api', { ...listing(), displayName: 'x' }],
    ['an entry that is a text', listing(CLIENT)],
    ['an entry without an app id', listing({ delegatedPermissionIds: [DEFAULT_SCOPE_ID] })],
    ['an app nobody knows', listing(entry(CLIENT), entry(NOBODY))],
    ['an entry without permissions', listing({ appId: CLIENT })],
    ['an entry with no permission', listing({ appId: CLIENT, delegatedPermissionIds: [] })],
    ['a permission nobody exposes', listing({ appId: CLIENT, delegatedPermissionIds: [NOBODY] })],
    ['an entry with more', listing({ ...entry(CLIENT), permissionIds: [] })],
    ['one client twice', listing(entry(CLIENT), entry(CLIENT.toUpperCase()))],
  ])('that has %s is 400, and changes nothing', async (_name, body) => {
    const answer = await patch(body);
    expect(errorOf(answer)).toEqual([400, expect.stringMatching(/^(Request_)?BadRequest$/)]);
    expect(await listed()).toEqual(FIRST.map(entry));
  });

  it('that is larger than 64 KiB is 413, of a service principal 405', async () => {
    const large = await patch({ ...listing(), displayName: 'x'.repeat(65_536) });
    expect(large.status).toBe(413);
    expect((await patch(listing(), { kind: 'servicePrincipals' })).status).toBe(405);
    expect(await listed()).toEqual(FIRST.map(entry));
  });
});
