/** How much one key may have: so many requests in a window, which begins with the first of them. */
export interface RateLimit {
  readonly requests: number;
  readonly windowMs: number;
}

export type RateDecision =
  | { readonly outcome: 'within' }
  /** The first request over the limit: one of a key and its window, however many come at once. */
  | { readonly outcome: 'exceeded'; readonly retryAfterMs: number }
  | { readonly outcome: 'still_exceeded'; readonly retryAfterMs: number };

/**
 * Counts what each key asks for.
 *
 * Every implementation passes `tests/contract/rate-limiter.contract.ts`. Its memory is bounded: keys beyond the bound
 * share one budget until the windows of others have ended. Never rejects, and keeps no process alive.
 */
export interface RateLimiter {
  /** Counts one request of `key`, also one over the limit; `retryAfterMs` is what is left of the window. */
  take(key: string): Promise<RateDecision>;
}

/** {@link RateLimiter} of a site that limits elsewhere, or not at all. */
export const UNLIMITED: RateLimiter = { take: () => Promise.resolve({ outcome: 'within' }) };
