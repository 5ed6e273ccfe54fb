import { LkpsError, type LineEffect, type LineEvent, type WorkerConnection } from '../../core/index.ts';
import type { GatewayLimits } from './gateway-limits.ts';
import { OfferClock } from './offer-clock.ts';
import type { GatewayService } from './service.ts';
import type { WorkerActs } from './worker-acts.ts';

type Effect<Kind> = Extract<LineEffect<Uint8Array>, { readonly kind: Kind }>;
type Event = LineEvent<Uint8Array>;

interface DeskParts {
  readonly service: Pick<GatewayService, 'judgeOffer' | 'acceptJob'>;
  readonly limits: Pick<GatewayLimits, 'answerMs' | 'assignmentMs'>;
  readonly acts: WorkerActs;
  readonly worker: WorkerConnection;
}

/** Asks about the jobs of one worker, and reports what comes of it. A failure is a no. */
export class JobDesk {
  readonly #parts: DeskParts;
  readonly #happen: (event: Event) => void;
  readonly #clock: OfferClock;

  constructor(parts: DeskParts, happen: (event: Event) => void) {
    this.#parts = parts;
    this.#happen = happen;
    this.#clock = new OfferClock(parts.limits, happen);
  }

  /** From now on the offer can be overdue. */
  async judge({ jobId, room }: Effect<'judge'>): Promise<void> {
    const { service, worker } = this.#parts;
    this.#clock.start(jobId);
    try {
      const verdict = await service.judgeOffer.execute({ worker, room });
      this.#happen({ kind: 'offer_judged', jobId, verdict });
    } catch (error) {
      const verdict = { outcome: 'withheld', reason: this.#failed('job_judged', jobId, error) } as const;
      this.#happen({ kind: 'offer_judged', jobId, verdict });
    }
  }

  async accept({ jobId, room, seat, permissions }: Effect<'record'>): Promise<void> {
    const { service, worker } = this.#parts;
    try {
      const accepted = await service.acceptJob.execute({ worker, jobId, room, seat, permissions });
      this.#happen(
        accepted.outcome === 'relayed'
          ? { kind: 'acceptance_recorded', jobId, token: accepted.token }
          : { kind: 'acceptance_failed', jobId, reason: accepted.reason },
      );
    } catch (error) {
      const reason = this.#failed('job_relayed', jobId, error);
      this.#happen({ kind: 'acceptance_failed', jobId, reason });
    }
  }

  stop(): void {
    this.#clock.stop();
  }

  #failed(act: string, jobId: string, error: unknown): string {
    const code = error instanceof LkpsError ? error.code : 'internal_error';
    this.#parts.acts.log({ event: 'act_not_recorded', jobId, reason: act, code, error });
    return code;
  }
}
