import { parseClientId, type ClientId, type ObjectId } from '../model/names.ts';
import type { Principal } from '../model/principal.ts';

/** What the edge says about a caller, before anyone decided what kind of caller it is. */
export interface CallerClaims {
  readonly clientId: ClientId;
  readonly userId?: ObjectId;
  readonly email?: string;
  readonly displayName?: string;
  /** True when any header or claim about a user was there, even an empty one. */
  readonly mentionsUser: boolean;
}

/**
 * What can show that a caller is an application.
 *
 * `directory`: the object id of the client's service principal. `headers`: the mere absence of a user, for sites without
 * a directory; whoever can make the edge omit the user headers then acts as the application. `token`: the verified
 * token's own claims.
 */
export type ApplicationEvidence =
  | { readonly source: 'directory'; readonly servicePrincipalId: ObjectId | undefined }
  | { readonly source: 'headers' }
  | { readonly source: 'token'; readonly saysApplication: boolean };

/** Azure CLI and Azure PowerShell: public clients that every developer shares, so never an application. */
const PUBLIC_CLIENTS: ReadonlySet<ClientId> = new Set([
  parseClientId('04b07795-8ddb-461a-bbee-02f9e1bf7b46'),
  parseClientId('1950a258-227b-4e31-a9cf-717495945fc2'),
]);

/** False when no evidence could make this caller an application, so that nobody needs to look for any. */
export function mayBeApplication(claims: CallerClaims): boolean {
  return (
    !PUBLIC_CLIENTS.has(claims.clientId) && claims.email === undefined && claims.displayName === undefined
  );
}

/** An application only on positive evidence; e-mail is often absent from user tokens, so its absence proves nothing. */
export function classifyCaller(claims: CallerClaims, evidence: ApplicationEvidence): Principal {
  if (mayBeApplication(claims) && showsApplication(claims, evidence)) {
    return { kind: 'application', clientId: claims.clientId };
  }
  return {
    kind: 'user',
    clientId: claims.clientId,
    ...(claims.userId === undefined ? {} : { userId: claims.userId }),
    ...(claims.email === undefined ? {} : { email: claims.email }),
    ...(claims.displayName === undefined ? {} : { displayName: claims.displayName }),
  };
}

function showsApplication(claims: CallerClaims, evidence: ApplicationEvidence): boolean {
  switch (evidence.source) {
    case 'headers':
      return !claims.mentionsUser;
    case 'token':
      return evidence.saysApplication;
    case 'directory':
      return claims.userId !== undefined && claims.userId === evidence.servicePrincipalId;
  }
}
