const MINUTE_MS = 60_000;
const SHORT_LIFE_MS = 10 * MINUTE_MS;
const RENEW_BEFORE_EXPIRY_MS = 5 * MINUTE_MS;
const FIRST_RETRY_MS = 500;
const SLOWEST_RETRY_MS = 30_000;

/**
 * How long after a registration to renew it: 5 to 6 minutes before it expires, or between 60 % and two thirds of a short life.
 *
 * The jitter keeps agents that were started together from renewing together.
 *
 * @param random - 0 to 1
 */
export function renewalDelayMs(lifeMs: number, random: number): number {
  if (lifeMs < SHORT_LIFE_MS) return Math.max(0, lifeMs * (2 / 3 - random / 15));
  return lifeMs - RENEW_BEFORE_EXPIRY_MS - random * MINUTE_MS;
}

/** Exponential, with jitter over its upper half. @param attempt - 1 for the first retry */
export function retryDelayMs(attempt: number, random: number): number {
  const full = Math.min(SLOWEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempt - 1));
  return full * (0.5 + random / 2);
}
