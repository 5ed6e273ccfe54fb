/** Public clients of Microsoft that exist in every tenant: anybody can sign in with them, so they identify nobody. */
export const AZURE_CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
export const AZURE_POWERSHELL = '1950a258-227b-4e31-a9cf-717495945fc2';

interface ClientSecret {
  readonly value: string;
  readonly expiresAt?: Date;
}

/** An app registration with its service principal; without secrets it is a public client. */
export interface EntraApp {
  readonly clientId: string;
  readonly displayName: string;
  /** Object id of the service principal: `oid` and `sub` of its app-only tokens. */
  readonly servicePrincipalId: string;
  readonly secrets?: readonly ClientSecret[];
  /** App roles granted on the resource: `roles` of its tokens. */
  readonly roles?: readonly string[];
  /** Application permissions granted on Microsoft Graph: `roles` of its tokens for that. */
  readonly graphRoles?: readonly string[];
  /** Clients that its registration pre-authorises, at first. */
  readonly preAuthorized?: readonly string[];
  /** The tenant that has its registration; default this one. */
  readonly ownerTenantId?: string;
  /** It has a service principal, and neither a registration nor a secret. */
  readonly managedIdentity?: true;
}

export interface EntraUser {
  readonly username: string;
  readonly password: string;
  readonly objectId: string;
  readonly displayName?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  /** Many accounts have none. */
  readonly email?: string;
}

/** The API that tokens are for. Its manifest, not the caller, decides what tokens look like. */
export interface EntraResource {
  readonly appId: string;
  readonly identifierUris: readonly string[];
  readonly accessTokenVersion: 1 | 2;
  readonly delegatedScopes: readonly string[];
  /** Whether app-only tokens carry the optional claim `idtyp`. */
  readonly idtyp?: boolean;
}

export interface RequestedResource {
  readonly resource: EntraResource;
  /** As asked for, slash or not: v1 tokens repeat it. */
  readonly identifier: string;
}

/** The resource of a scope; `undefined` for one this tenant does not know. */
export function findResource(
  resources: readonly EntraResource[],
  identifier: string,
): RequestedResource | undefined {
  const bare = identifier.replace(/\/$/, '');
  const resource = resources.find(
    ({ appId, identifierUris }) => appId === bare.toLowerCase() || identifierUris.includes(bare),
  );
  return resource === undefined ? undefined : { resource, identifier };
}

/** Every `aud` that a token for the resource may carry. */
export function audienceForms(resource: EntraResource): readonly string[] {
  const uris = resource.identifierUris.map((uri) => uri.replace(/\/$/, ''));
  return [resource.appId, ...uris, ...uris.map((uri) => `${uri}/`)];
}

const MICROSOFT_TENANT = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a';

/** Public, so without a secret: only users sign in with them. Registered with Microsoft. */
export const WELL_KNOWN_CLIENTS: readonly EntraApp[] = [
  {
    clientId: AZURE_CLI,
    displayName: 'Microsoft Azure CLI',
    servicePrincipalId: '2ff0ef5b-4fb5-4ae7-b1b7-7a9ed3a7f2c1',
    ownerTenantId: MICROSOFT_TENANT,
  },
  {
    clientId: AZURE_POWERSHELL,
    displayName: 'Microsoft Azure PowerShell',
    servicePrincipalId: '6bb2b7a5-8d2f-4a9b-9f4f-3f1a5a6c7d10',
    ownerTenantId: MICROSOFT_TENANT,
  },
];
