import { randomBytes, randomUUID } from 'node:crypto';
import {
  AZURE_CLI,
  AZURE_POWERSHELL,
  type EntraApp,
  type EntraResource,
  type EntraUser,
} from './entra/directory.ts';
import { APPLICATION_READ_ALL, APPLICATION_READWRITE_OWNED } from './entra/graph-access.ts';

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
  /** The service itself, as it reads Graph. */
  readonly service: AppAccount;
  /** Has no app registration. */
  readonly managedIdentity: Omit<AppAccount, 'clientSecret'>;
  /** Its app registration is in another tenant. */
  readonly foreignApp: AppAccount;
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
    service: newApp(),
    managedIdentity: { clientId: randomUUID(), servicePrincipalId: randomUUID() },
    foreignApp: newApp(),
  };
}

export function entraApps(accounts: Accounts): readonly EntraApp[] {
  const { apps, service, managedIdentity, foreignApp } = accounts;
  return [
    ...APP_NAMES.map((name) => ({
      ...entraApp(name, apps[name]),
      preAuthorized: preAuthorizedBy(name, accounts),
      // Whoever owns an agent lets clients in: here the agent's own application does.
      ...(isAgent(name) ? { graphRoles: [APPLICATION_READWRITE_OWNED] } : {}),
    })),
    { ...entraApp('lkps', service), graphRoles: [APPLICATION_READ_ALL] },
    { ...managedIdentity, displayName: 'managed-identity', managedIdentity: true },
    { ...entraApp('foreign-app', foreignApp), ownerTenantId: randomUUID() },
  ];
}

function entraApp(displayName: string, { clientSecret, ...ids }: AppAccount): EntraApp {
  return { ...ids, displayName, secrets: [{ value: clientSecret }] };
}

/** With the public clients that developers sign in with (`az login`). */
export function clientAccessList({ apps, managedIdentity, foreignApp }: Accounts): readonly string[] {
  const listed = APP_NAMES.filter((name) => !NOT_IN_ACCESS_LIST.includes(name)).map((name) => apps[name]);
  const callers = [...listed, managedIdentity, foreignApp].map(({ clientId }) => clientId);
  return [...callers, AZURE_CLI, AZURE_POWERSHELL];
}

/** The content of the service's directory file: what Graph would say of the apps. */
export function directoryOf(accounts: Accounts): object {
  return Object.fromEntries(
    APP_NAMES.map((name) => [
      accounts.apps[name].clientId,
      {
        service_principal_id: accounts.apps[name].servicePrincipalId,
        pre_authorized: preAuthorizedBy(name, accounts),
      },
    ]),
  );
}

function preAuthorizedBy(name: AppName, { apps }: Accounts): readonly string[] {
  return isAgent(name) ? PRE_AUTHORISED[name].map((client) => apps[client].clientId) : [];
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
