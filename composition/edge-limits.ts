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

/**
 * Of one agent at one gateway: room for as many workers as it may have there, each of which tries again every ten seconds
 * while LiveKit is away.
 */
export function agentHandshakeLimiter(maxAgentWorkers: number): RateLimiter {
  return limiter({ requests: 6 * maxAgentWorkers, windowMs: 60_000 });
}

function limiter(limit: RateLimit | 'off', options: { readonly maxKeys?: number } = {}): RateLimiter {
  return limit === 'off' ? UNLIMITED : new FlexibleRateLimiter({ ...limit, ...options });
}
