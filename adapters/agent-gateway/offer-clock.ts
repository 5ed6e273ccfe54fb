import type { JobId, LineEvent } from '../../core/index.ts';

type Overdue = Extract<LineEvent<unknown>, { readonly kind: 'offer_overdue' }>;

interface OfferLimits {
  readonly answerMs: number;
  readonly assignmentMs: number;
}

/** Tells when LiveKit waits no longer for an answer, and when no assignment will come any more. */
export class OfferClock {
  readonly #limits: OfferLimits;
  readonly #overdue: (event: Overdue) => void;
  readonly #timers = new Map<JobId, NodeJS.Timeout>();

  constructor(limits: OfferLimits, overdue: (event: Overdue) => void) {
    this.#limits = limits;
    this.#overdue = overdue;
  }

  /** Of a job that is offered again, from now. */
  start(jobId: JobId): void {
    const { answerMs, assignmentMs } = this.#limits;
    this.#wait(jobId, answerMs, () => {
      this.#wait(jobId, assignmentMs - answerMs, () => {
        this.#timers.delete(jobId);
        this.#overdue({ kind: 'offer_overdue', jobId, missing: 'assignment' });
      });
      this.#overdue({ kind: 'offer_overdue', jobId, missing: 'answer' });
    });
  }

  stop(): void {
    this.#timers.forEach((timer) => {
      clearTimeout(timer);
    });
    this.#timers.clear();
  }

  #wait(jobId: JobId, ms: number, then: () => void): void {
    clearTimeout(this.#timers.get(jobId));
    this.#timers.set(jobId, setTimeout(then, ms));
  }
}
