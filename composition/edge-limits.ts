import { FlexibleRateLimiter } from '../adapters/rate-limit/index.ts';
import { UNLIMITED, type EdgeLimits, type RateLimit, type RateLimiter } from '../core/index.ts';
import type { RateLimits } from './config.ts';

/** Addresses are cheap to have: those beyond share one budget, so that the rows of all have a bound too. */
const MAX_ADDRESSES = 100;

/** The limits of this process (docs/adr/0009). */
export function edgeLimits({ perCaller, perClient, refusalRows }: RateLimits): EdgeLimits {
  return {
    perCaller: limiter(perCaller),
    perClient: limiter(perClient),
    refusalRows: refusalRowLimiter(refusalRows),
  };
}

/** Of those who prove nothing. */
export function refusalRowLimiter(limit: RateLimits['refusalRows']): RateLimiter {
  return limiter(limit, { maxKeys: MAX_ADDRESSES });
}

function limiter(limit: RateLimit | 'off', options: { readonly maxKeys?: number } = {}): RateLimiter {
  return limit === 'off' ? UNLIMITED : new FlexibleRateLimiter({ ...limit, ...options });
}
