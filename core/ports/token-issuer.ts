import type { IssuedToken, TokenSpec } from '../model/token.ts';

/**
 * Signs LiveKit tokens.
 *
 * Every implementation passes `tests/contract/token-issuer.contract.ts`: the token says what the spec says and nothing
 * else, and a LiveKit server that holds the key accepts it.
 */
export interface TokenIssuer {
  issue(spec: TokenSpec): Promise<IssuedToken>;
}
