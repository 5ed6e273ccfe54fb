import { randomBytes, randomUUID } from 'node:crypto';
import {
  AZURE_CLI,
  AZURE_POWERSHELL,
  type EntraApp,
  type EntraResource,
  type EntraUser,
} from './entra/directory.ts';

const APP_NAMES = ['agent-a', 'agent-b', 'client-a', 'client-b', 'client-unlisted'] as const;
type AppName = (typeof APP_NAMES)[number];
export type AgentName = Extract<AppName, `agent-${string}`>;

export interface AppAccount {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly servicePrincipalId: string;
}

export const USER_NAMES = ['ada', 'zoe'] as const;
type UserName = (typeof USER_NAMES)[number];

/** Everybody the stack knows: ids and secrets are new with every start, so nothing of one fits another. */
export interface Accounts {
  readonly tenantId: string;
  readonly resource: EntraResource;
  readonly scope: string;
  readonly apps: Readonly<Record<AppName, AppAccount>>;
  readonly users: Readonly<Record<UserName, EntraUser>>;
}

/** Who may reach which agent; an agent may always reach itself. */
const PRE_AUTHORISED: Readonly<Record<AgentName, readonly AppName[]>> = {
  'agent-a': ['client-a'],
  'agent-b': ['client-b'],
};
const NOT_IN_ACCESS_LIST: readonly AppName[] = ['client-unlisted'];
const RESOURCE_URI = 'api://livekit-platform-service-dev.localhost';

export function createAccounts(): Accounts {
  return {
    tenantId: randomUUID(),
    resource: {
      appId: randomUUID(),
      identifierUris: [RESOURCE_URI],
      // Ocelot's access list is on `appid`: a claim of v1 tokens.
      accessTokenVersion: 1,
      delegatedScopes: ['access_as_user'],
    },
    scope: `${RESOURCE_URI}/.default`,
    apps: {
      'agent-a': newApp(),
      'agent-b': newApp(),
      'client-a': newApp(),
      'client-b': newApp(),
      'client-unlisted': newApp(),
    },
    users: {
      ada: {
        username: 'ada@lkps.localhost',
        password: randomSecret(),
        objectId: randomUUID(),
        displayName: 'Ada Lovelace',
        givenName: 'Ada',
        familyName: 'Lovelace',
        email: 'ada.lovelace@lkps.localhost',
      },
      // No e-mail address, as so often, and a name that is not ASCII.
      zoe: {
        username: 'zoe@lkps.localhost',
        password: randomSecret(),
        objectId: randomUUID(),
        displayName: 'Zoë Müller',
        givenName: 'Zoë',
        familyName: 'Müller',
      },
    },
  };
}

export function entraApps({ apps }: Accounts): readonly EntraApp[] {
  return APP_NAMES.map((name) => ({
    clientId: apps[name].clientId,
    displayName: name,
    servicePrincipalId: apps[name].servicePrincipalId,
    secrets: [{ value: apps[name].clientSecret }],
  }));
}

/** With the public clients that developers sign in with (`az login`). */
export function clientAccessList({ apps }: Accounts): readonly string[] {
  const listed = APP_NAMES.filter((name) => !NOT_IN_ACCESS_LIST.includes(name));
  return [...listed.map((name) => apps[name].clientId), AZURE_CLI, AZURE_POWERSHELL];
}

/** The content of the service's directory file. */
export function directoryOf({ apps }: Accounts): object {
  return Object.fromEntries(
    APP_NAMES.map((name) => [
      apps[name].clientId,
      {
        service_principal_id: apps[name].servicePrincipalId,
        pre_authorized: isAgent(name) ? PRE_AUTHORISED[name].map((client) => apps[client].clientId) : [],
      },
    ]),
  );
}

/** 256 bits, fit for an environment variable, a header and a form. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

function isAgent(name: AppName): name is AgentName {
  return name.startsWith('agent-');
}

function newApp(): AppAccount {
  return { clientId: randomUUID(), clientSecret: randomSecret(), servicePrincipalId: randomUUID() };
}
