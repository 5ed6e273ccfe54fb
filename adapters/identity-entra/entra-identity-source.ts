import {
  identifyVerified,
  type AccessTokenVerifier,
  type Identification,
  type IdentitySource,
} from '../../core/index.ts';
import { readBearerToken } from '../http/bearer-token.ts';
import type { HttpCredential } from '../http/index.ts';

export interface EntraIdentitySourceOptions {
  readonly tokens: AccessTokenVerifier;
  /** An app role that every caller must have, application or user. */
  readonly requiredRole?: string;
}

/**
 * {@link IdentitySource} from the access token of the request, where nothing in front of the service vouches for the
 * caller. It reads `Authorization` and nothing else: identity headers are the caller's own words here.
 */
export class EntraIdentitySource implements IdentitySource<HttpCredential> {
  readonly #tokens: AccessTokenVerifier;
  readonly #requiredRole: string | undefined;

  constructor({ tokens, requiredRole }: EntraIdentitySourceOptions) {
    this.#tokens = tokens;
    this.#requiredRole = requiredRole;
  }

  async identify({ headers }: HttpCredential): Promise<Identification> {
    const bearer = readBearerToken(headers);
    if (typeof bearer === 'string') {
      return { outcome: 'rejected', reason: bearer };
    }
    const verification = await this.#tokens.verify(bearer.token);
    return verification.outcome === 'rejected'
      ? verification
      : identifyVerified(verification, this.#requiredRole);
  }
}
