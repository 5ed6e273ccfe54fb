import type { AccessTokenVerifier, CallerClaims, TokenVerification } from '../../core/index.ts';
import { readBearerToken } from '../http/bearer-token.ts';
import type { HttpHeaders } from '../http/index.ts';

/**
 * The token that Ocelot checked and forwarded, checked again: it must be of the client and the user that the headers name.
 * What either of the two says of a user counts.
 */
export async function readForwardedToken(
  headers: HttpHeaders,
  named: CallerClaims,
  tokens: AccessTokenVerifier,
): Promise<TokenVerification> {
  const bearer = readBearerToken(headers);
  if (typeof bearer === 'string') {
    return { outcome: 'rejected', reason: bearer };
  }
  const verification = await tokens.verify(bearer.token);
  if (verification.outcome === 'rejected') {
    return verification;
  }
  const { claims } = verification;
  if (claims.clientId !== named.clientId) {
    return { outcome: 'rejected', reason: 'token_contradicts_client_id' };
  }
  if (claims.userId !== named.userId) {
    return { outcome: 'rejected', reason: 'token_contradicts_user_id' };
  }
  return { ...verification, claims: { ...claims, ...named } };
}
