import {
  openLine,
  step,
  type JobId,
  type LineEffect,
  type LineEvent,
  type PlannedClose,
  type WorkerConnection,
  type WorkerLine,
  type WorkerReport,
} from '../../core/index.ts';
import { LineLaws } from './gateway-line-laws.ts';
import type { ModelLiveKit, Upstream, Word } from './gateway-livekit.ts';
import type { GatewayPlatform } from './gateway-platform.ts';
import type { GatewayTruth } from './gateway-truth.ts';

/** What a use case is asked, and its answer once it has one; the line hears of it later. */
export interface Question {
  readonly connection: GatewayConnection;
  /** What its answer depends on. */
  readonly port: 'sessions' | 'audit';
  readonly ask: () => Promise<LineEvent<Word>>;
  answer: LineEvent<Word> | undefined;
}

export interface Timer {
  readonly connection: GatewayConnection;
  readonly jobId: JobId;
  readonly missing: 'answer' | 'assignment';
}

export interface Surroundings {
  readonly platform: GatewayPlatform;
  readonly livekit: ModelLiveKit;
  readonly truth: GatewayTruth;
  readonly questions: Question[];
  readonly timers: Timer[];
  readonly count: (what: string) => void;
}

/** One worker's connection, performed as an adapter does it: a queue to each side, timers, and a line between them. */
export class GatewayConnection {
  readonly worker: WorkerConnection;
  readonly laws: LineLaws;
  readonly upstream: Upstream;
  /** On its way to LiveKit; its end last. */
  readonly inbox: (WorkerReport | 'end')[] = [];
  /** What the worker was asked about and has not answered, and every job it ever got. */
  readonly asked: string[] = [];
  readonly assigned: string[] = [];
  isLoadDue = false;
  readonly #around: Surroundings;
  #line: WorkerLine<Word>;

  constructor(worker: WorkerConnection, upstream: Upstream, around: Surroundings) {
    this.worker = worker;
    this.upstream = upstream;
    this.laws = new LineLaws(worker, around.truth, () => around.platform.audit.events);
    this.#around = around;
    this.#line = openLine(worker.pass.agent);
  }

  get phase(): WorkerLine<Word>['phase'] {
    return this.#line.phase;
  }

  happen(event: LineEvent<Word>): void {
    const { line, effects } = step(this.#line, event);
    this.#line = line;
    for (const effect of effects) {
      this.laws.see(effect);
      this.#perform(effect);
    }
    this.laws.expectEnd();
  }

  planClose(reason: PlannedClose): void {
    this.laws.closeIsPlanned();
    this.happen({ kind: 'close_planned', reason });
    this.#around.count(`planned ${this.#line.phase}`);
  }

  /** A socket is gone, or was cut. */
  drop(): void {
    this.happen({ kind: 'ended' });
    if (this.laws.end === undefined) {
      this.laws.sideIsGone();
      this.inbox.push('end');
    }
  }

  /** LiveKit reads the oldest of what was sent to it. */
  deliverUp(): void {
    const report = this.inbox.shift();
    if (report === 'end') {
      this.#around.livekit.leave(this.upstream);
    } else if (report !== undefined) {
      this.#around.livekit.hear(this.upstream, report);
    }
  }

  /** The line reads the oldest of what LiveKit sent. */
  deliverDown(): void {
    const message = this.upstream.outbox.shift();
    if (message?.kind === 'offer') {
      this.laws.offered(message.jobId, message.room);
    }
    if (message !== undefined) {
      this.happen({ kind: 'server_said', message });
    }
  }

  isOverdue(jobId: JobId, missing: Timer['missing']): void {
    if (missing === 'assignment') {
      this.laws.assignmentIsOverdue(jobId);
    }
    this.happen({ kind: 'offer_overdue', jobId, missing });
    if (missing === 'answer') {
      this.laws.answerIsOverdue(jobId);
    }
  }

  loadDue(): void {
    this.isLoadDue = false;
    this.laws.loadIsDue();
    this.happen({ kind: 'load_due' });
  }

  #perform(effect: LineEffect<Word>): void {
    const { count } = this.#around;
    switch (effect.kind) {
      case 'tell_server':
        count(`told ${effect.report.kind}`);
        this.inbox.push(effect.report);
        return;
      case 'tell_worker':
        this.#show(effect.frame);
        return;
      case 'assign':
        count('assigned');
        this.assigned.push(effect.frame.jobId);
        return;
      case 'judge':
        this.#judge(effect);
        return;
      case 'record':
        this.#record(effect);
        return;
      case 'report_later':
        this.isLoadDue = true;
        return;
      case 'close':
        count(`closed ${effect.reason}`);
        this.inbox.push('end');
        return;
      case 'withheld':
      case 'refused':
      case 'dropped':
        count(`${effect.kind} ${effect.reason}`);
        return;
      case 'capacity':
        return;
    }
  }

  #show({ kind, jobId }: Word): void {
    if (kind === 'offer') {
      this.asked.push(jobId);
    }
    if (kind === 'termination') {
      this.#around.count('terminated');
    }
  }

  #judge({ jobId, room }: Extract<LineEffect<Word>, { kind: 'judge' }>): void {
    const { platform, questions, timers } = this.#around;
    const { worker } = this;
    const ask: Question['ask'] = async () => ({
      kind: 'offer_judged',
      jobId,
      verdict: await platform.judgeOffer.execute({ worker, room }),
    });
    questions.push({ connection: this, port: 'sessions', ask, answer: undefined });
    timers.push(
      { connection: this, jobId, missing: 'answer' },
      { connection: this, jobId, missing: 'assignment' },
    );
  }

  /** Whatever goes wrong is a job that is not on record. */
  #record(effect: Extract<LineEffect<Word>, { kind: 'record' }>): void {
    const { platform, questions } = this.#around;
    const { worker } = this;
    const { jobId } = effect;
    const ask: Question['ask'] = async () => {
      const outcome = await platform.acceptJob
        .execute({ worker, ...effect })
        .catch(() => ({ outcome: 'withheld', reason: 'audit_unavailable' }) as const);
      return outcome.outcome === 'relayed'
        ? { kind: 'acceptance_recorded', jobId, token: outcome.token }
        : { kind: 'acceptance_failed', jobId, reason: outcome.reason };
    };
    questions.push({ connection: this, port: 'audit', ask, answer: undefined });
  }
}
