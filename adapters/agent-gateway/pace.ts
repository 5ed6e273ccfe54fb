export interface PaceLimits {
  readonly burst: number;
  readonly messagesPerSecond: number;
  readonly maxWaiting: number;
}

export interface PaceEvents {
  /** Something waits now, or nothing does any more. */
  readonly waiting: (isWaiting: boolean) => void;
  /** More came than may wait. */
  readonly overflow: () => void;
}

const STEP_MS = 100;

/**
 * Does things as fast as a token bucket lets it, in their order; what comes too fast waits. There is a timer only while
 * something waits.
 */
export class Pace {
  readonly #limits: PaceLimits;
  readonly #events: PaceEvents;
  readonly #waiting: (() => void)[] = [];
  #tokens: number;
  #filledAtMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(limits: PaceLimits, events: PaceEvents) {
    this.#limits = limits;
    this.#events = events;
    this.#tokens = limits.burst;
  }

  take(act: () => void): void {
    if (this.#isStopped) {
      return;
    }
    if (this.#waiting.length === 0 && this.#spend()) {
      act();
      return;
    }
    if (this.#waiting.length >= this.#limits.maxWaiting) {
      this.#events.overflow();
      return;
    }
    this.#waiting.push(act);
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
    for (let next = this.#waiting[0]; next !== undefined && this.#spend(); next = this.#waiting[0]) {
      next();
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

  #spend(): boolean {
    const { burst, messagesPerSecond } = this.#limits;
    const nowMs = performance.now();
    const filled = this.#tokens + ((nowMs - this.#filledAtMs) / 1000) * messagesPerSecond;
    this.#filledAtMs = nowMs;
    this.#tokens = Math.min(burst, filled);
    if (this.#tokens < 1) {
      return false;
    }
    this.#tokens -= 1;
    return true;
  }
}
