import type { ApplicationEvidence, CallerClaims } from '../policy/caller-kind.ts';

export type TokenVerification =
  | {
      readonly outcome: 'verified';
      readonly claims: CallerClaims;
      readonly evidence: ApplicationEvidence;
      /** App roles the token carries; empty where it carries none. */
      readonly roles: ReadonlySet<string>;
    }
  /** `reason` is a snake_case code for log and audit. */
  | { readonly outcome: 'rejected'; readonly reason: string };

/**
 * Verifies access tokens of an identity provider: signature, issuer, tenant, audience and time.
 *
 * A token that cannot be checked is never taken for a good one, and never for a bad one either.
 */
export interface AccessTokenVerifier {
  /** @throws LkpsError `authorization_unavailable` within 3 s when the signing keys cannot be had. */
  verify(token: string): Promise<TokenVerification>;
}
