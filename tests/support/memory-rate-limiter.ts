import type { Clock, RateDecision, RateLimit, RateLimiter } from '../../core/index.ts';

interface Window {
  readonly endsMs: number;
  count: number;
}

/** {@link RateLimiter} on a test's clock. */
export class MemoryRateLimiter implements RateLimiter {
  readonly #limit: RateLimit & { readonly maxKeys?: number };
  readonly #clock: Clock;
  #windows: ReadonlyMap<string, Window> = new Map();

  constructor(limit: RateLimit & { readonly maxKeys?: number }, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  take(key: string): Promise<RateDecision> {
    const nowMs = this.#clock.now().getTime();
    const running = [...this.#windows].filter(([, { endsMs }]) => endsMs > nowMs);
    const isFull = running.length >= (this.#limit.maxKeys ?? Infinity);
    const counted = isFull && !running.some(([known]) => known === key) ? '' : key;
    const window = new Map(running).get(counted) ?? { endsMs: nowMs + this.#limit.windowMs, count: 0 };
    window.count += 1;
    this.#windows = new Map([...running, [counted, window]]);
    const retryAfterMs = window.endsMs - nowMs;
    const excess = window.count - this.#limit.requests;
    return Promise.resolve(
      excess <= 0
        ? { outcome: 'within' }
        : { outcome: excess === 1 ? 'exceeded' : 'still_exceeded', retryAfterMs },
    );
  }
}
