import { createHash, randomBytes } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { EntraApp, EntraUser, RequestedResource } from './directory.ts';
import { GRAPH_APP_ID } from './graph-objects.ts';

export interface Issuers {
  readonly v1: string;
  readonly v2: string;
}

export interface TokenContext {
  readonly tenantId: string;
  readonly issuers: Issuers;
  readonly requested: RequestedResource;
  readonly app: EntraApp;
  readonly now: Date;
  readonly lifetimeSeconds: number;
}

/** An app-only token: the caller is the service principal itself. */
export function applicationClaims(context: TokenContext): JWTPayload {
  const { app, requested } = context;
  const roles = requested.resource.appId === GRAPH_APP_ID ? app.graphRoles : app.roles;
  return {
    ...sharedClaims(context, '1'),
    oid: app.servicePrincipalId,
    sub: app.servicePrincipalId,
    ...(requested.resource.idtyp === true ? { idtyp: 'app' } : {}),
    ...(roles === undefined ? {} : { roles }),
  };
}

/** A delegated token: the app acts for a user. `sub` is pairwise, not the user's object id. */
export function userClaims(context: TokenContext, user: EntraUser, scopes: readonly string[]): JWTPayload {
  const { resource } = context.requested;
  const confidential = (context.app.secrets ?? []).length > 0;
  const sub = createHash('sha256').update(`${user.objectId} ${resource.appId}`).digest('base64url');
  return {
    ...sharedClaims(context, confidential ? '1' : '0'),
    oid: user.objectId,
    sub,
    scp: scopes.join(' '),
    ...(resource.accessTokenVersion === 1
      ? { unique_name: user.username, upn: user.username, amr: ['pwd'] }
      : { preferred_username: user.username }),
    ...(user.displayName === undefined ? {} : { name: user.displayName }),
    ...(user.givenName === undefined ? {} : { given_name: user.givenName }),
    ...(user.familyName === undefined ? {} : { family_name: user.familyName }),
    ...(user.email === undefined ? {} : { email: user.email }),
    ...(resource.idtyp === true ? { idtyp: 'user' } : {}),
  };
}

function sharedClaims(context: TokenContext, clientAuthentication: '0' | '1'): JWTPayload {
  const { tenantId, issuers, requested, app, now, lifetimeSeconds } = context;
  const issuedAt = Math.floor(now.getTime() / 1_000);
  const v1 = requested.resource.accessTokenVersion === 1;
  return {
    aud: v1 ? requested.identifier : requested.resource.appId,
    iss: v1 ? issuers.v1 : issuers.v2,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + lifetimeSeconds,
    ...(v1
      ? { appid: app.clientId, appidacr: clientAuthentication, idp: issuers.v1 }
      : { azp: app.clientId, azpacr: clientAuthentication }),
    tid: tenantId,
    uti: randomBytes(16).toString('base64url'),
    ver: v1 ? '1.0' : '2.0',
  };
}
