import type { ServerMessage, WorkerCapacity, WorkerReport } from '../../core/index.ts';

/** What LiveKit sends, as far as anybody in the model reads it. */
export interface Word {
  readonly kind: ServerMessage<unknown>['kind'];
  readonly jobId: string;
  readonly room: string;
}

export interface ModelJob {
  readonly id: string;
  readonly room: string;
  readonly agentName: string;
  readonly attempted: Set<Upstream>;
  state: 'asked' | 'running' | 'over' | 'lost';
  /** Who is asked, or has it. */
  worker: Upstream | undefined;
}

/** LiveKit's side of one worker's connection. */
export interface Upstream {
  agentName: string | undefined;
  status: WorkerCapacity;
  load: number;
  isOpen: boolean;
  readonly asked: Set<string>;
  readonly running: Set<string>;
  /** On its way to the worker. */
  readonly outbox: ServerMessage<Word>[];
}

/**
 * The worker endpoint of livekit-server 1.13.3 (pkg/agent/worker.go, pkg/service/agentservice.go): it believes what it is
 * told, chooses by load, waits for one answer, and lets a job go for whoever names it.
 */
export class ModelLiveKit {
  readonly jobs: ModelJob[] = [];
  readonly #workers: Upstream[] = [];
  /** Who is told when a job is to end: for everybody to strike out, by the job's name. */
  readonly #terminable = new Map<string, Upstream>();
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  connect(): Upstream {
    return {
      agentName: undefined,
      status: 'available',
      load: 0,
      isOpen: true,
      asked: new Set(),
      running: new Set(),
      outbox: [],
    };
  }

  hear(from: Upstream, report: WorkerReport): void {
    switch (report.kind) {
      case 'register':
        from.agentName = report.agentName;
        this.#workers.push(from);
        from.outbox.push({ kind: 'registered', frame: wordOf('registered') });
        return;
      case 'decline':
        this.#answered(from, report.jobId, false);
        return;
      case 'accept':
        this.#answered(from, report.jobId, true);
        return;
      case 'update_worker':
        from.status = report.status;
        from.load = report.load;
        return;
      case 'update_job':
        if (report.status === 'success' || report.status === 'failed') {
          this.#over(from, report.jobId);
          this.#terminable.delete(report.jobId);
        }
        return;
      case 'ping':
        from.outbox.push({ kind: 'other', frame: wordOf('other') });
        return;
      case 'migrate_job':
        return;
    }
  }

  /** Its connection is gone: whatever it was asked goes to the next, and nobody can end its jobs. */
  leave(worker: Upstream): void {
    worker.isOpen = false;
    if (this.#workers.includes(worker)) {
      this.#workers.splice(this.#workers.indexOf(worker), 1);
    }
    for (const jobId of worker.running) {
      this.#terminable.delete(jobId);
    }
    for (const jobId of worker.asked) {
      this.#answered(worker, jobId, false);
    }
  }

  /** A dispatch: the first worker is asked at once. */
  dispatch(room: string, agentName: string): ModelJob {
    const id = `AJ_job${this.jobs.length}`;
    const job: ModelJob = { id, room, agentName, attempted: new Set(), state: 'asked', worker: undefined };
    this.jobs.push(job);
    this.#askNext(job);
    return job;
  }

  /** Nobody answered for 10 s: then nobody else is asked. */
  timeOut(job: ModelJob | undefined): void {
    if (job?.state === 'asked') {
      job.worker?.asked.delete(job.id);
      job.state = 'lost';
    }
  }

  terminate(job: ModelJob | undefined): void {
    const worker = this.#terminable.get(job?.id ?? '');
    if (job !== undefined && worker?.running.has(job.id) === true) {
      worker.outbox.push({ kind: 'termination', jobId: job.id, frame: wordOf('termination', job) });
      this.#over(worker, job.id);
    }
  }

  #askNext(job: ModelJob): void {
    const worker = this.#choose(job);
    job.worker = worker;
    if (worker === undefined) {
      job.state = 'lost';
      return;
    }
    const { id: jobId, room, agentName } = job;
    job.attempted.add(worker);
    worker.asked.add(jobId);
    worker.outbox.push({ kind: 'offer', jobId, room, agentName, frame: wordOf('offer', job) });
  }

  #choose({ agentName, attempted }: ModelJob): Upstream | undefined {
    const candidates = this.#workers
      .filter((worker) => worker.agentName === agentName && worker.status === 'available')
      .filter((worker) => !attempted.has(worker))
      .map((worker) => ({ worker, weight: Math.max(0, 1 - worker.load) }));
    let rest = this.#random() * candidates.reduce((sum, { weight }) => sum + weight, 0);
    return candidates.filter(({ weight }) => weight > 0).find(({ weight }) => (rest -= weight) <= 0)?.worker;
  }

  /** The first answer of whom it asked; any other is for an unknown job. */
  #answered(from: Upstream, jobId: string, isYes: boolean): void {
    const job = this.jobs.find(({ id }) => id === jobId);
    if (job === undefined || !from.asked.delete(jobId)) {
      return;
    }
    if (!isYes) {
      this.#askNext(job);
      return;
    }
    job.state = 'running';
    from.running.add(jobId);
    this.#terminable.set(jobId, from);
    from.outbox.push({ kind: 'assignment', jobId, frame: wordOf('assignment', job) });
  }

  #over(worker: Upstream, jobId: string): void {
    const job = this.jobs.find(({ id }) => id === jobId);
    if (worker.running.delete(jobId) && job !== undefined) {
      job.state = 'over';
    }
  }
}

function wordOf(kind: Word['kind'], { id, room } = { id: '', room: '' }): Word {
  return { kind, jobId: id, room };
}
