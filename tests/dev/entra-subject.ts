import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { AZURE_CLI } from '../../dev/entra/directory.ts';
import { startEntra, type Entra } from '../../dev/entra/server.ts';

export const TENANT = 'a0a0a0a0-0000-4000-8000-000000000001';
export const CLIENT = 'c0c0c0c0-0000-4000-8000-000000000001';
export const CLIENT_SP = 'c0c0c0c0-0000-4000-8000-0000000000ff';
export const EXPIRED = 'c0c0c0c0-0000-4000-8000-000000000002';
export const RESOURCE_V1 = 'e0e0e0e0-0000-4000-8000-000000000001';
export const RESOURCE_V2 = 'e0e0e0e0-0000-4000-8000-000000000002';
const SECRET = 'the right secret, long enough to be one';
const PASSWORD = 'correct horse battery staple';
export const USER = 'b0b0b0b0-0000-4000-8000-000000000001';
export const PUBLIC_CLIENT = AZURE_CLI;
export const READER = 'c0c0c0c0-0000-4000-8000-000000000003';
export const MANAGED_IDENTITY = 'c0c0c0c0-0000-4000-8000-000000000004';
export const FOREIGN = 'c0c0c0c0-0000-4000-8000-000000000005';
/** May edit its own app registration, and any. */
export const OWNER = 'c0c0c0c0-0000-4000-8000-000000000006';
export const EDITOR = 'c0c0c0c0-0000-4000-8000-000000000007';
export const FOREIGN_TENANT = 'a0a0a0a0-0000-4000-8000-000000000002';

/** An emulator with one app, one with an expired secret, a resource of each token version, users with and without e-mail. */
export function startSubject(): Promise<Entra> {
  return startEntra({
    tenantId: TENANT,
    resources: [
      {
        appId: RESOURCE_V1,
        identifierUris: ['api://one'],
        accessTokenVersion: 1,
        delegatedScopes: ['read', 'write'],
      },
      {
        appId: RESOURCE_V2,
        identifierUris: ['api://two'],
        accessTokenVersion: 2,
        delegatedScopes: ['read'],
        idtyp: true,
      },
    ],
    apps: [
      {
        clientId: CLIENT,
        displayName: 'client',
        servicePrincipalId: CLIENT_SP,
        secrets: [{ value: SECRET }],
        preAuthorized: [EXPIRED],
      },
      {
        clientId: READER,
        displayName: 'reader of Graph',
        servicePrincipalId: 'c0c0c0c0-0000-4000-8000-0000000000fd',
        secrets: [{ value: SECRET }],
        roles: ['caller'],
        graphRoles: ['Application.Read.All'],
      },
      {
        clientId: OWNER,
        displayName: 'owner of itself',
        servicePrincipalId: 'c0c0c0c0-0000-4000-8000-0000000000fa',
        secrets: [{ value: SECRET }],
        graphRoles: ['Application.ReadWrite.OwnedBy'],
      },
      {
        clientId: EDITOR,
        displayName: 'editor of all',
        servicePrincipalId: 'c0c0c0c0-0000-4000-8000-0000000000f9',
        secrets: [{ value: SECRET }],
        graphRoles: ['Application.ReadWrite.All'],
      },
      {
        clientId: MANAGED_IDENTITY,
        displayName: 'managed identity',
        servicePrincipalId: 'c0c0c0c0-0000-4000-8000-0000000000fc',
        managedIdentity: true,
      },
      {
        clientId: FOREIGN,
        displayName: 'from another tenant',
        servicePrincipalId: 'c0c0c0c0-0000-4000-8000-0000000000fb',
        ownerTenantId: FOREIGN_TENANT,
      },
      {
        clientId: EXPIRED,
        displayName: 'expired',
        servicePrincipalId: 'c0c0c0c0-0000-4000-8000-0000000000fe',
        secrets: [{ value: SECRET, expiresAt: new Date('2020-01-01T00:00:00Z') }],
      },
    ],
    users: [
      {
        username: 'ada@one.test',
        password: PASSWORD,
        objectId: USER,
        displayName: 'Ada Lovelace',
        givenName: 'Ada',
        familyName: 'Lovelace',
        email: 'ada@one.test',
      },
      {
        username: 'zoe@one.test',
        password: PASSWORD,
        objectId: 'b0b0b0b0-0000-4000-8000-000000000002',
        displayName: 'Zoë Müller',
      },
    ],
  });
}

export interface JsonAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A GET, or the POST of a form. */
export function requestJson(
  entra: Entra,
  url: string,
  form?: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): Promise<JsonAnswer> {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'client-request-id': 'correlate-me',
    ...more,
  };
  return form === undefined
    ? send(entra, url, 'GET', headers)
    : send(entra, url, 'POST', headers, new URLSearchParams(form).toString());
}

/** Trusts the emulator's certificate and no other. No body counts as an object without fields. */
export function send(
  entra: Entra,
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<JsonAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, ca: entra.ca, agent: false, headers }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => (text += chunk));
      incoming.once('end', () => {
        try {
          const { statusCode = 0, headers: answered } = incoming;
          resolve({
            status: statusCode,
            headers: answered,
            body: JSON.parse(text === '' ? '{}' : text) as JsonAnswer['body'],
          });
        } catch {
          reject(new Error('not JSON'));
        }
      });
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

export function askToken(entra: Entra, form: Readonly<Record<string, string>>): Promise<JsonAnswer> {
  return requestJson(entra, entra.tokenUrl, form);
}

export const applicationForm = {
  grant_type: 'client_credentials',
  client_id: CLIENT,
  client_secret: SECRET,
  scope: 'api://one/.default',
} as const;

export const userForm = {
  grant_type: 'password',
  client_id: PUBLIC_CLIENT,
  username: 'ada@one.test',
  password: PASSWORD,
  scope: 'openid profile api://one/.default',
} as const;

export async function applicationToken(
  entra: Entra,
  form: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { body } = await askToken(entra, { ...applicationForm, ...form });
  return String(body['access_token']);
}

export async function userToken(entra: Entra, form: Readonly<Record<string, string>> = {}): Promise<string> {
  const { body } = await askToken(entra, { ...userForm, ...form });
  return String(body['access_token']);
}
