import type { Principal } from '../model/principal.ts';

export type Identification =
  | { readonly outcome: 'identified'; readonly principal: Principal }
  /** It is known who calls, and that they lack the role this deployment asks for. */
  | { readonly outcome: 'role_missing'; readonly principal: Principal }
  /** `reason` is a snake_case code for log and audit; the caller hears only `unauthenticated`. */
  | { readonly outcome: 'rejected'; readonly reason: string };

/**
 * Turns a credential (a request's headers, an authorizer's claims, ...) into a Principal.
 *
 * Every implementation passes `tests/contract/identity-source.contract.ts`: a missing, doubtful or contradictory
 * credential is rejected, never repaired, and nothing is read from it before its origin is proven.
 */
export interface IdentitySource<Credential> {
  /** @throws LkpsError `authorization_unavailable` when the evidence needed cannot be had now. */
  identify(credential: Credential): Promise<Identification>;
}
