import { createLocalJWKSet, jwtVerify } from 'jose';
import { graphRefuses } from './graph-error.ts';
import { GRAPH_APP_ID } from './graph-objects.ts';
import type { SigningKeys } from './signing-keys.ts';

/** The least application permission that reads app registrations and service principals. */
export const APPLICATION_READ_ALL = 'Application.Read.All';
/** Reads all, and changes what the caller owns. Here every application owns its own registration, and no other. */
export const APPLICATION_READWRITE_OWNED = 'Application.ReadWrite.OwnedBy';
const APPLICATION_READWRITE_ALL = 'Application.ReadWrite.All';
const READERS = [APPLICATION_READ_ALL, APPLICATION_READWRITE_OWNED, APPLICATION_READWRITE_ALL];

export interface GraphTrust {
  readonly keys: SigningKeys;
  /** Of v1 tokens, which Graph's are. */
  readonly issuer: string;
  readonly graphUrl: string;
}

/** An application, by a token of this tenant for Graph. */
export interface GraphCaller {
  readonly appId: unknown;
  readonly roles: readonly unknown[];
}

/** Who asks, if it may read; throws `GraphError`. */
export async function requireReader(
  { keys, issuer, graphUrl }: GraphTrust,
  authorization: readonly string[] | undefined,
): Promise<GraphCaller> {
  const [header = '', second] = authorization ?? [];
  const [, token] = /^Bearer ([\w.-]+)$/i.exec(header) ?? [];
  if (token === undefined || second !== undefined) throw graphRefuses.token('Access token is empty.');
  const verified = await jwtVerify(token, createLocalJWKSet({ keys: [...keys.published().keys] }), {
    algorithms: ['RS256'],
    issuer,
    audience: [GRAPH_APP_ID, graphUrl, `${graphUrl}/`],
    requiredClaims: ['exp', 'nbf', 'appid'],
  }).catch(() => {
    throw graphRefuses.token('Access token validation failure.');
  });
  const { roles, appid: appId } = verified.payload;
  if (!Array.isArray(roles) || !READERS.some((role) => roles.includes(role)))
    throw graphRefuses.missingRole();
  return { appId, roles };
}

/** Throws `GraphError` unless the caller may change the app registration. */
export function requireWriter({ appId, roles }: GraphCaller, registration: string): void {
  const owns = roles.includes(APPLICATION_READWRITE_OWNED) && appId === registration;
  if (!owns && !roles.includes(APPLICATION_READWRITE_ALL)) throw graphRefuses.missingRole();
}
