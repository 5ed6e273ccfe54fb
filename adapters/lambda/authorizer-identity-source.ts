import {
  identifyVerified,
  readEntraClaims,
  type Clock,
  type EntraTrust,
  type Identification,
  type IdentitySource,
} from '../../core/index.ts';
import type { HttpCredential } from '../http/index.ts';

export interface AuthorizerIdentitySourceOptions {
  readonly trust: EntraTrust;
  readonly clock: Clock;
  /** An app role that every caller must have, application or user. */
  readonly requiredRole?: string;
}

/**
 * {@link IdentitySource} from the claims of an Entra token that an authorizer of API Gateway verified: the caller cannot
 * write them, and headers say nothing here. The authorizer checked the signature; what the token is for is checked
 * again, because an authorizer may be set up too widely, and may answer from its cache after the token expired.
 */
export class AuthorizerIdentitySource implements IdentitySource<HttpCredential> {
  readonly #options: AuthorizerIdentitySourceOptions;

  constructor(options: AuthorizerIdentitySourceOptions) {
    this.#options = options;
  }

  identify({ authorizer }: HttpCredential): Promise<Identification> {
    return Promise.resolve(this.#identify(authorizer));
  }

  #identify(authorizer: HttpCredential['authorizer']): Identification {
    if (authorizer === undefined) {
      return { outcome: 'rejected', reason: 'authorizer_claims_missing' };
    }
    const { trust, clock, requiredRole } = this.#options;
    const read = readEntraClaims(authorizer, trust, clock.now());
    return typeof read === 'string'
      ? { outcome: 'rejected', reason: read }
      : identifyVerified(read, requiredRole);
  }
}
