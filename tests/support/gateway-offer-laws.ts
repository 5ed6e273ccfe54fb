import type { AgentName, AuditEvent, JobSeat } from '../../core/index.ts';
import { checkSeat, law } from './gateway-report-laws.ts';
import { checkJobToken } from './gateway-token-laws.ts';
import type { GatewayTruth } from './gateway-truth.ts';

export interface OfferedJob {
  readonly jobId: string;
  readonly room: string;
  readonly agent: AgentName;
  readonly truth: GatewayTruth;
  /** What the trail says of this job at this connection, if anything. */
  readonly findRow: () => AuditEvent | undefined;
}

/** One job that LiveKit offered on one connection: its way to the worker, each step after the one before. */
export class OfferLaws {
  answer: 'accept' | 'decline' | undefined;
  isAssigned = false;
  /** LiveKit is not waited for any more. */
  isForgotten = false;
  readonly #job: OfferedJob;
  #isTold = false;
  #judgedAt = Infinity;
  #recordedAt = Infinity;
  #seat: JobSeat | undefined;

  constructor(job: OfferedJob) {
    this.#job = job;
  }

  /** Whether LiveKit, the worker and the trail are done with it, or LiveKit is. */
  get isSettled(): boolean {
    return this.answer === 'decline' || this.isAssigned || this.isForgotten;
  }

  judging(room: string): void {
    law(this.#judgedAt === Infinity, 'an offer is judged once');
    law(room === this.#job.room, 'an offer is judged by its room');
    this.#judgedAt = this.#job.truth.now;
  }

  shown(room: string): void {
    law(!this.#isTold && this.answer === undefined, 'a worker is asked once');
    law(this.#isOwn(room, this.#judgedAt), "a worker is asked about its agent's open sessions alone");
    this.#isTold = true;
  }

  recording(room: string, seat: JobSeat): void {
    law(this.#isTold && this.answer === undefined, 'a yes is to an open question');
    law(this.#seat === undefined && room === this.#job.room, 'a yes is recorded once, for its room');
    checkSeat(seat);
    this.#recordedAt = this.#job.truth.now;
    this.#seat = seat;
  }

  accepted(seat: JobSeat): void {
    law(this.#job.findRow() !== undefined, 'LiveKit hears a yes that is on record');
    law(this.answer === undefined && this.#seat === seat, 'LiveKit hears the seat on record, once');
    this.answer = 'accept';
  }

  declined(): void {
    law(this.answer === undefined, 'LiveKit hears one answer');
    this.answer = 'decline';
  }

  /** The moment for an answer is over. */
  expectAnswered(): void {
    law(this.answer !== undefined || this.#seat !== undefined, 'LiveKit hears a no while it still helps');
  }

  assigned(room: string, token: string): void {
    const { jobId, findRow } = this.#job;
    law(this.answer === 'accept', 'a job is assigned after its yes');
    law(!this.isAssigned, 'a job is assigned once');
    law(this.#isOwn(room, this.#recordedAt), "a worker gets the jobs of its agent's open sessions alone");
    checkJobToken(token, { jobId, room, row: findRow() });
    this.isAssigned = true;
  }

  #isOwn(room: string, since: number): boolean {
    const { agent, truth } = this.#job;
    return room === this.#job.room && truth.isOwn(agent, room, since);
  }
}
