export interface PaceLimits {
  readonly burst: number;
  readonly messagesPerSecond: number;
  readonly burstBytes: number;
  readonly bytesPerSecond: number;
  readonly maxWaiting: number;
}

export interface PaceEvents {
  /** Something waits now, or nothing does any more. */
  readonly waiting: (isWaiting: boolean) => void;
  /** More came than may wait. */
  readonly overflow: () => void;
}

interface Waiting {
  readonly bytes: number;
  readonly act: () => void;
}

const STEP_MS = 100;

/**
 * Does things as fast as two token buckets let it, of messages and of their bytes, in their order; what comes too fast
 * waits. There is a timer only while something waits.
 */
export class Pace {
  readonly #limits: PaceLimits;
  readonly #events: PaceEvents;
  readonly #waiting: Waiting[] = [];
  readonly #messages: Bucket;
  readonly #bytes: Bucket;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(limits: PaceLimits, events: PaceEvents) {
    this.#limits = limits;
    this.#events = events;
    this.#messages = new Bucket(limits.burst, limits.messagesPerSecond);
    this.#bytes = new Bucket(limits.burstBytes, limits.bytesPerSecond);
  }

  /** For what came in so many bytes. */
  take(bytes: number, act: () => void): void {
    if (this.#isStopped) {
      return;
    }
    if (this.#waiting.length === 0 && this.#spend(bytes)) {
      act();
      return;
    }
    if (this.#waiting.length >= this.#limits.maxWaiting) {
      this.#events.overflow();
      return;
    }
    this.#waiting.push({ bytes, act });
    if (this.#waiting.length === 1) {
      this.#events.waiting(true);
      this.#timer = setTimeout(this.#goOn, STEP_MS);
    }
  }

  /** What waits is forgotten. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting.length = 0;
    clearTimeout(this.#timer);
  }

  readonly #goOn = (): void => {
    for (
      let next = this.#waiting[0];
      next !== undefined && this.#spend(next.bytes);
      next = this.#waiting[0]
    ) {
      next.act();
      this.#waiting.shift(); // only now: what the act makes come waits behind it
    }
    if (this.#isStopped) {
      return;
    }
    if (this.#waiting.length === 0) {
      this.#events.waiting(false);
    } else {
      this.#timer = setTimeout(this.#goOn, STEP_MS);
    }
  };

  #spend(bytes: number): boolean {
    const nowMs = performance.now();
    const isThere = this.#messages.has(1, nowMs) && this.#bytes.has(bytes, nowMs);
    if (isThere) {
      this.#messages.spend(1);
      this.#bytes.spend(bytes);
    }
    return isThere;
  }
}

/** A token bucket. */
class Bucket {
  readonly #size: number;
  readonly #perSecond: number;
  #content: number;
  #filledAtMs = performance.now();

  constructor(size: number, perSecond: number) {
    this.#size = size;
    this.#perSecond = perSecond;
    this.#content = size;
  }

  /** What is larger than the bucket needs a full one. */
  has(amount: number, nowMs: number): boolean {
    const filled = this.#content + ((nowMs - this.#filledAtMs) / 1000) * this.#perSecond;
    this.#filledAtMs = nowMs;
    this.#content = Math.min(this.#size, filled);
    return this.#content >= Math.min(amount, this.#size);
  }

  spend(amount: number): void {
    this.#content -= amount;
  }
}
