import { LkpsError } from '../../core/index.ts';

/** Long enough for those in flight to be answered. */
const RETRY_AFTER_MS = 1_000;

/** Bounds the work in flight. One more is refused at once: a queue would only make everybody late. */
export class Admission {
  readonly #max: number;
  readonly #reason: string;
  #inFlight = 0;

  /** `reason`: of a refusal, for the log. */
  constructor(max: number, reason: string) {
    this.#max = max;
    this.#reason = reason;
  }

  get isFull(): boolean {
    return this.#inFlight >= this.#max;
  }

  get isIdle(): boolean {
    return this.#inFlight === 0;
  }

  /** @throws LkpsError `overloaded`, without having begun the work. */
  async admit<T>(work: () => Promise<T>): Promise<T> {
    if (this.isFull) {
      throw new LkpsError('overloaded', this.#reason, { retryAfterMs: RETRY_AFTER_MS });
    }
    this.#inFlight += 1;
    try {
      return await work();
    } finally {
      this.#inFlight -= 1;
    }
  }
}
