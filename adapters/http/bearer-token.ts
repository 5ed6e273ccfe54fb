import type { HttpHeaders } from './exchange.ts';

/** Why a request shows no token that could be checked: goes to log and audit as it is. */
export type BearerRejection = 'bearer_token_missing' | 'authorization_repeated' | 'bearer_token_malformed';

/** A signed JWT in its compact form (RFC 7515 section 7.1): two tokens that someone joined are not of it. */
const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** The one bearer token of a request (RFC 6750 section 2.1). Of two headers none is believed. */
export function readBearerToken(headers: HttpHeaders): { readonly token: string } | BearerRejection {
  const [authorization, ...more] = headers.get('authorization') ?? [];
  if (authorization === undefined) {
    return 'bearer_token_missing';
  }
  if (more.length > 0) {
    return 'authorization_repeated';
  }
  const token = BEARER.exec(authorization)?.[1];
  return token === undefined ? 'bearer_token_malformed' : { token };
}
