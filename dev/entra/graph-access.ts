import { createLocalJWKSet, jwtVerify } from 'jose';
import { graphRefuses } from './graph-error.ts';
import { APPLICATION_READ_ALL, GRAPH_APP_ID } from './graph-objects.ts';
import type { SigningKeys } from './signing-keys.ts';

export interface GraphTrust {
  readonly keys: SigningKeys;
  /** Of v1 tokens, which Graph's are. */
  readonly issuer: string;
  readonly graphUrl: string;
}

/** Graph's own checks: a token of this tenant for Graph, of an application with the permission; throws `GraphError`. */
export async function requireApplicationReadAll(
  { keys, issuer, graphUrl }: GraphTrust,
  authorization: readonly string[] | undefined,
): Promise<void> {
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
  const { roles } = verified.payload;
  if (!Array.isArray(roles) || !roles.includes(APPLICATION_READ_ALL)) throw graphRefuses.missingRole();
}
