import type { RateLimiterRes } from 'rate-limiter-flexible';
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
import type { RateDecision, RateLimit, RateLimiter } from '../../core/index.ts';

export interface FlexibleRateLimiterOptions extends RateLimit {
  /** Keys counted each for itself at one time; those beyond share one budget. */
  readonly maxKeys?: number;
}

/** A few megabytes, and far more callers than one process can serve within a window. */
const MAX_KEYS = 20_000;
/** No key of the platform: none is empty. */
const SHARED = '';

/** {@link RateLimiter} in this process' memory, by rate-limiter-flexible. It counts for this process alone (docs/adr/0009). */
export class FlexibleRateLimiter implements RateLimiter {
  readonly #limiter: RateLimiterMemory;
  readonly #limit: FlexibleRateLimiterOptions;
  /** Key -> end of its window. All windows are of one length, so the map is in the order they end. */
  readonly #windows = new Map<string, number>();

  constructor(limit: FlexibleRateLimiterOptions) {
    this.#limit = limit;
    this.#limiter = new RateLimiterMemory({ points: limit.requests, duration: limit.windowMs / 1000 });
  }

  async take(key: string): Promise<RateDecision> {
    const { consumedPoints, msBeforeNext } = await this.#limiter.consume(this.#countedAs(key)).catch(over);
    const excess = consumedPoints - this.#limit.requests;
    if (excess <= 0) {
      return { outcome: 'within' };
    }
    return { outcome: excess === 1 ? 'exceeded' : 'still_exceeded', retryAfterMs: msBeforeNext };
  }

  #countedAs(key: string): string {
    const nowMs = Date.now();
    for (const [known, endsMs] of this.#windows) {
      if (endsMs > nowMs) {
        break;
      }
      this.#windows.delete(known);
    }
    if (!this.#windows.has(key)) {
      if (this.#windows.size >= (this.#limit.maxKeys ?? MAX_KEYS)) {
        return SHARED;
      }
      this.#windows.set(key, nowMs + this.#limit.windowMs);
    }
    return key;
  }
}

/** The library rejects with its count where the limit is exceeded. */
function over(result: unknown): Pick<RateLimiterRes, 'consumedPoints' | 'msBeforeNext'> {
  if (isCount(result)) {
    return result;
  }
  throw result;
}

function isCount(value: unknown): value is Pick<RateLimiterRes, 'consumedPoints' | 'msBeforeNext'> {
  return typeof value === 'object' && value !== null && 'consumedPoints' in value && 'msBeforeNext' in value;
}
