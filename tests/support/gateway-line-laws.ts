import type {
  AgentName,
  AuditEvent,
  LineEffect,
  PlannedClose,
  WorkerConnection,
  WorkerOffence,
  WorkerPermissions,
  WorkerReport,
} from '../../core/index.ts';
import type { Word } from './gateway-livekit.ts';
import { OfferLaws } from './gateway-offer-laws.ts';
import { checkReport, law } from './gateway-report-laws.ts';
import type { GatewayTruth } from './gateway-truth.ts';

const FORGIVEN: readonly WorkerOffence[] = ['simulate_job', 'seat_too_large'];

/** What one connection may lead to, whatever is said on it: every effect is held against these laws. */
export class LineLaws {
  readonly offers = new Map<string, OfferLaws>();
  /** How it ended; `abrupt` where nobody planned it. */
  end: 'planned' | 'abrupt' | undefined;
  readonly #agent: AgentName;
  readonly #connectionId: string;
  readonly #truth: GatewayTruth;
  readonly #trail: () => readonly AuditEvent[];
  readonly #jobs = new Set<string>();
  #permissions: WorkerPermissions | undefined;
  #announced: string | undefined;
  /** What LiveKit was told last of whether it takes jobs. */
  #capacity = 'available';
  #isReportPending = false;
  #isClosing = false;
  #isOffended = false;

  constructor(
    { connectionId, pass }: WorkerConnection,
    truth: GatewayTruth,
    trail: () => readonly AuditEvent[],
  ) {
    this.#agent = pass.agent;
    this.#connectionId = connectionId;
    this.#truth = truth;
    this.#trail = trail;
  }

  /** LiveKit's offer has arrived. */
  offered(jobId: string, room: string): void {
    const findRow = (): AuditEvent | undefined => this.#rowOf(jobId, room);
    this.offers.set(jobId, new OfferLaws({ jobId, room, agent: this.#agent, truth: this.#truth, findRow }));
  }

  /** After the line has heard of it. */
  answerIsOverdue(jobId: string): void {
    if (this.end === undefined) {
      this.#offer(jobId).expectAnswered();
    }
  }

  /** Before the line hears of it. */
  assignmentIsOverdue(jobId: string): void {
    this.#offer(jobId).isForgotten = true;
  }

  loadIsDue(): void {
    this.#isReportPending = false;
  }

  closeIsPlanned(): void {
    this.#isClosing = true;
  }

  sideIsGone(): void {
    this.#over('abrupt');
  }

  /** When all of an event's effects have been seen. */
  expectEnd(): void {
    law(!this.#isOffended || this.end !== undefined, 'what no worker may do ends its line');
  }

  see(effect: LineEffect<Word>): void {
    law(this.end === undefined || effect.kind === 'dropped', 'nothing comes of a line that is over');
    switch (effect.kind) {
      case 'tell_server':
        this.#told(effect.report);
        return;
      case 'tell_worker':
        this.#shown(effect.frame);
        return;
      case 'assign':
        this.#assigned(effect.frame, effect.token);
        return;
      case 'judge':
        law(!this.#isClosing, 'a line to be closed takes no further job');
        this.#offer(effect.jobId).judging(effect.room);
        return;
      case 'record':
        law(effect.permissions === this.#permissions, 'a job has the rights that LiveKit knows of');
        this.#offer(effect.jobId).recording(effect.room, effect.seat);
        return;
      case 'report_later':
        law(!this.#isReportPending, 'one report at a time is to come');
        this.#isReportPending = true;
        return;
      case 'capacity':
        this.#announce(effect.capacity);
        return;
      case 'close':
        this.#closed(effect.reason);
        return;
      case 'withheld':
        if (effect.reason === 'assignment_without_record') {
          law(this.#offer(effect.jobId).isForgotten, 'a job that LiveKit assigns in time is not withheld');
        }
        return;
      case 'refused':
        this.#isOffended ||= !FORGIVEN.includes(effect.reason);
        return;
      case 'dropped':
        return;
    }
  }

  #told(report: WorkerReport): void {
    checkReport(report);
    const isFirst = this.#permissions === undefined;
    law((report.kind === 'register') === isFirst, 'a worker registers first, and once');
    switch (report.kind) {
      case 'register':
        law(report.agentName === this.#agent, "a worker registers under its token's name");
        this.#permissions = report.permissions;
        return;
      case 'accept':
        this.#offer(report.jobId).accepted(report.seat);
        return;
      case 'decline':
        this.#offer(report.jobId).declined();
        return;
      case 'update_worker':
        law(
          !this.#isClosing || (report.status === 'full' && report.load === 1),
          'a line to be closed is full',
        );
        this.#capacity = report.status;
        return;
      case 'update_job':
        law(this.#jobs.has(report.jobId), 'a worker speaks of its own jobs alone');
        if (report.status === 'success' || report.status === 'failed') {
          this.#jobs.delete(report.jobId);
        }
        return;
      case 'ping':
      case 'migrate_job':
        return;
    }
  }

  #shown({ kind, jobId, room }: Word): void {
    law(kind !== 'assignment', "a worker never sees LiveKit's own token");
    if (kind === 'offer') {
      this.#offer(jobId).shown(room);
    }
    if (kind === 'termination') {
      this.#jobs.delete(jobId);
    }
  }

  #assigned({ kind, jobId, room }: Word, token: string): void {
    law(kind === 'assignment', 'what is assigned is an assignment');
    this.#offer(jobId).assigned(room, token);
    this.#jobs.add(jobId);
  }

  #announce(capacity: string): void {
    law(this.#announced !== 'gone' && this.#announced !== capacity, 'a worker is announced by its changes');
    law(
      !this.#isClosing || capacity === 'gone',
      'a worker that is to go is gone for those who start sessions',
    );
    this.#announced = capacity;
  }

  /** With nothing left that LiveKit or the worker waits for. */
  #closed(reason: WorkerOffence | PlannedClose): void {
    const isPlanned = reason === 'renewed' || reason === 'expired' || reason === 'gateway_stopping';
    law(!isPlanned || this.#isClosing, 'what nobody planned is not called planned');
    if (isPlanned) {
      const isSettled = [...this.offers.values()].every((offer) => offer.isSettled);
      law(isSettled, 'a planned close waits for open offers');
      law(
        this.#announced === undefined || this.#capacity === 'full',
        'LiveKit hears of a planned close first',
      );
    }
    this.#over(isPlanned ? 'planned' : 'abrupt');
  }

  #over(end: 'planned' | 'abrupt'): void {
    const isGone = this.#announced === undefined || this.#announced === 'gone';
    law(isGone, 'a worker that is gone is not announced');
    this.end = end;
  }

  #offer(jobId: string): OfferLaws {
    const offer = this.offers.get(jobId);
    law(offer !== undefined, 'a line speaks of what it was offered alone');
    return offer;
  }

  #rowOf(jobId: string, room: string): AuditEvent | undefined {
    return this.#trail().find(
      ({ type, agent, details, ...row }) =>
        type === 'worker.job_relayed' &&
        agent === this.#agent &&
        row.room === room &&
        details?.['connection_id'] === this.#connectionId &&
        details['job_id'] === jobId,
    );
  }
}
