import type { Clock, PlannedClose, WorkerPass } from '../../core/index.ts';

export interface LifeEvents {
  /** It is time to close in good order. Once. */
  readonly plan: (reason: PlannedClose) => void;
  /** The token has expired. */
  readonly end: () => void;
}

const SETTLE_MS = 15_000;

/**
 * How long a connection lasts: never longer than the token that opened it. An agent with a newer registration comes back
 * with that token when there are 1/60 to 4/60 of the old one's life left, a moment of its own for each connection; one
 * without is closed so early that what is open can be settled.
 *
 * A worker that comes back with the same token in that time, not knowing of the other, stays until it has to go.
 */
export class WorkerLife {
  readonly #events: LifeEvents;
  readonly #timers: readonly NodeJS.Timeout[];
  #isRenewed = false;
  #isRenewalDue = false;
  #isPlanned = false;

  constructor(
    {
      pass,
      clock,
      random,
    }: { readonly pass: WorkerPass; readonly clock: Clock; readonly random: () => number },
    events: LifeEvents,
  ) {
    const lifeMs = pass.expiresAt.getTime() - pass.issuedAt.getTime();
    const leftMs = pass.expiresAt.getTime() - clock.now().getTime();
    const settleMs = Math.min(SETTLE_MS, lifeMs / 10, leftMs / 2);
    const renewalMs = (lifeMs / 60) * (1 + 3 * random());
    this.#events = events;
    this.#timers = [
      setTimeout(this.#renewIfKnown, leftMs > (lifeMs * 4) / 60 ? leftMs - renewalMs : leftMs),
      setTimeout(() => {
        this.#plan(this.#isRenewed ? 'renewed' : 'expired');
      }, leftMs - settleMs),
      setTimeout(events.end, leftMs),
    ];
  }

  /** Its agent holds a newer token. */
  renewed(): void {
    this.#isRenewed = true;
    if (this.#isRenewalDue) {
      this.#plan('renewed');
    }
  }

  stop(): void {
    this.#timers.forEach((timer) => {
      clearTimeout(timer);
    });
  }

  readonly #renewIfKnown = (): void => {
    this.#isRenewalDue = true;
    if (this.#isRenewed) {
      this.#plan('renewed');
    }
  };

  #plan(reason: PlannedClose): void {
    if (!this.#isPlanned) {
      this.#isPlanned = true;
      this.#events.plan(reason);
    }
  }
}
