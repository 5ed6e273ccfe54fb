import { createHash, timingSafeEqual } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { applicationClaims, userClaims, type Issuers, type TokenContext } from './claims.ts';
import {
  findResource,
  type EntraApp,
  type EntraResource,
  type EntraUser,
  type RequestedResource,
} from './directory.ts';
import { refuse } from './entra-error.ts';
import { checkAssertion, type FederatedCredential } from './federated-credential.ts';

/** What the tenant knows at the moment of a request. */
export interface Tenant {
  readonly tenantId: string;
  readonly issuers: Issuers;
  readonly resources: readonly EntraResource[];
  readonly apps: readonly EntraApp[];
  readonly users: readonly EntraUser[];
  readonly isEnabled: (clientId: string) => boolean;
  /** Whether all secrets of the app ran out meanwhile. */
  readonly isSecretExpired: (clientId: string) => boolean;
  readonly federatedOf: (clientId: string) => readonly FederatedCredential[];
  readonly lifetimeSeconds: number;
}

export interface Grant {
  readonly claims: JWTPayload;
  /** Only a user's grant says which scopes it has. */
  readonly scope?: string;
}

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const OPENID_SCOPES: readonly string[] = ['openid', 'profile', 'offline_access', 'email'];

/** `POST /{tenant}/oauth2/v2.0/token`, decided; throws `EntraError`. */
export async function decideGrant(tenant: Tenant, form: URLSearchParams, now: Date): Promise<Grant> {
  const grantType = required(form, 'grant_type');
  if (grantType !== 'client_credentials' && grantType !== 'password')
    throw refuse.unsupportedGrant(grantType);
  const app = findApp(tenant, required(form, 'client_id'));
  const assertion = single(form, 'client_assertion');
  if (assertion === undefined) {
    checkSecret(tenant, app, { secret: single(form, 'client_secret'), grantType, now });
  } else {
    if (single(form, 'client_secret') !== undefined) throw refuse.twoProofs();
    if (required(form, 'client_assertion_type') !== JWT_BEARER) throw refuse.assertionType();
    await checkAssertion(assertion, tenant.federatedOf(app.clientId), now);
  }
  return grantType === 'password'
    ? grantToUser(tenant, app, form, now)
    : grantToApplication(tenant, app, form, now);
}

function grantToApplication(tenant: Tenant, app: EntraApp, form: URLSearchParams, now: Date): Grant {
  const scope = required(form, 'scope');
  if (scope.includes(' ') || !scope.endsWith('/.default')) throw refuse.scopeWithoutDefault(scope);
  const requested = getResource(tenant, scope.slice(0, -'/.default'.length));
  return { claims: applicationClaims(contextOf(tenant, app, requested, now)) };
}

function grantToUser(tenant: Tenant, app: EntraApp, form: URLSearchParams, now: Date): Grant {
  const username = required(form, 'username');
  const password = required(form, 'password');
  const wanted = required(form, 'scope')
    .split(' ')
    .filter((scope) => scope !== '' && !OPENID_SCOPES.includes(scope));
  const [first] = wanted;
  if (first === undefined) throw refuse.unknownScope(form.get('scope') ?? '');
  const user = tenant.users.find((known) => known.username.toLowerCase() === username.toLowerCase());
  if (user === undefined) throw refuse.unknownUser(tenant.tenantId);
  if (!sameSecret(user.password, password)) throw refuse.wrongPassword();

  const identifier = first.slice(0, Math.max(0, first.lastIndexOf('/')));
  const requested = getResource(tenant, identifier);
  const names = wanted.map((scope) => {
    if (!scope.startsWith(`${identifier}/`)) throw refuse.unknownScope(scope);
    return scope.slice(identifier.length + 1);
  });
  const known = requested.resource.delegatedScopes;
  const granted = names.includes('.default') ? known : names;
  const unknown = granted.find((name) => !known.includes(name));
  if (unknown !== undefined) throw refuse.unknownScope(`${identifier}/${unknown}`);
  return {
    claims: userClaims(contextOf(tenant, app, requested, now), user, granted),
    scope: granted.map((name) => `${identifier}/${name}`).join(' '),
  };
}

function contextOf(tenant: Tenant, app: EntraApp, requested: RequestedResource, now: Date): TokenContext {
  const { tenantId, issuers, lifetimeSeconds } = tenant;
  return { tenantId, issuers, lifetimeSeconds, requested, app, now };
}

function findApp(tenant: Tenant, clientId: string): EntraApp {
  const app = tenant.apps.find((known) => known.clientId === clientId.toLowerCase());
  if (app === undefined) throw refuse.unknownApp(clientId, tenant.tenantId);
  if (!tenant.isEnabled(app.clientId)) throw refuse.disabledApp(app.clientId, app.displayName);
  return app;
}

interface Proof {
  readonly secret: string | undefined;
  readonly grantType: string;
  readonly now: Date;
}

function checkSecret(tenant: Tenant, app: EntraApp, { secret, grantType, now }: Proof): void {
  const known = app.secrets ?? [];
  if (known.length === 0) {
    if (secret !== undefined) throw refuse.publicClientSecret();
    if (grantType === 'client_credentials') throw refuse.missingSecret();
    return;
  }
  if (secret === undefined) throw refuse.missingSecret();
  const matching = known.filter(({ value }) => sameSecret(value, secret));
  if (matching.length === 0) throw refuse.wrongSecret(app.clientId);
  const isOver = matching.every(({ expiresAt }) => expiresAt !== undefined && expiresAt <= now);
  if (isOver || tenant.isSecretExpired(app.clientId)) throw refuse.expiredSecret(app.clientId);
}

function getResource(tenant: Tenant, identifier: string): RequestedResource {
  const requested = findResource(tenant.resources, identifier);
  if (requested === undefined) throw refuse.unknownResource(identifier, tenant.tenantId);
  return requested;
}

function required(form: URLSearchParams, name: string): string {
  const value = single(form, name);
  if (value === undefined || value === '') throw refuse.missingParameter(name);
  return value;
}

function single(form: URLSearchParams, name: string): string | undefined {
  const values = form.getAll(name);
  if (values.length > 1) throw refuse.repeatedParameter(name);
  return values[0];
}

/** Constant time, whatever the lengths. */
function sameSecret(known: string, given: string): boolean {
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(known), digest(given));
}
