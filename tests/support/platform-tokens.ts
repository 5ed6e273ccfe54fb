import { decodeJwt, type JWTPayload } from 'jose';
import type { HttpResponse } from '../../adapters/http/index.ts';

const JWT = /eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/g;

/** What a token says, as whoever holds it can read it. */
export interface TokenClaims extends JWTPayload {
  readonly video?: unknown;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** Every token that leaves with a response, in whatever field or header it hides. */
export function tokensIn(response: HttpResponse): readonly TokenClaims[] {
  const text = `${JSON.stringify(response.headers)}\n${new TextDecoder().decode(response.body)}`;
  return [...text.matchAll(JWT)].map(([jwt]) => decodeJwt<TokenClaims>(jwt));
}
