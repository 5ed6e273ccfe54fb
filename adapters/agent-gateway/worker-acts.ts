import {
  LkpsError,
  ownerOf,
  type DroppedMessage,
  type LineEffect,
  type RequestContext,
  type WorkerAct,
  type WorkerConnection,
} from '../../core/index.ts';
import type { CloseReason } from './close-reason.ts';
import type { GatewayLogEntry, GatewayService } from './service.ts';

type Ports = Pick<GatewayService, 'recordWorkerAct' | 'clock' | 'log'>;
type Withheld = Omit<Extract<LineEffect<unknown>, { readonly kind: 'withheld' }>, 'kind'>;

const MAX_LOGGED_ID = 128;

/** Puts on record, and into the log, what becomes of one worker. */
export class WorkerActs {
  readonly #ports: Ports;
  readonly #worker: WorkerConnection;
  readonly #context: RequestContext;
  readonly #admittedMs: number;
  readonly #dropped: Record<string, number> = {};
  readonly #pending = new Set<Promise<void>>();

  constructor(ports: Ports, worker: WorkerConnection, context: RequestContext) {
    this.#ports = ports;
    this.#worker = worker;
    this.#context = context;
    this.#admittedMs = ports.clock.now().getTime();
    this.log({ event: 'worker_admitted' });
  }

  dropped(reason: DroppedMessage | 'unreadable_from_livekit'): void {
    this.#count(reason);
  }

  /** A worker can go on with this at will: the log has the first of a kind, and how many there were. */
  refused(reason: string): void {
    if (this.#count(reason) === 1) {
      this.log({ event: 'message_refused', reason });
    }
    this.#record({ kind: 'message_refused', reason });
  }

  withheld({ jobId, room, reason }: Withheld): void {
    this.log({ event: 'job_withheld', jobId: jobId.slice(0, MAX_LOGGED_ID), reason });
    this.#record({ kind: 'job_withheld', jobId, reason, ...(room === undefined ? {} : { room }) });
  }

  closed(reason: CloseReason): void {
    const durationMs = this.#ports.clock.now().getTime() - this.#admittedMs;
    this.log({ event: 'worker_closed', reason, durationMs, dropped: { ...this.#dropped } });
    this.#record({ kind: 'closed', reason }, this.settled()); // the last row of its connection
  }

  log(entry: Omit<GatewayLogEntry, 'requestId' | 'connectionId' | 'clientId'>): void {
    const { connectionId, pass } = this.#worker;
    const { clientId } = ownerOf(pass.agent);
    this.#ports.log({ ...entry, requestId: this.#context.requestId, connectionId, clientId });
  }

  /** Resolves when everything so far is on record, or is known not to be. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  #count(reason: string): number {
    const count = (this.#dropped[reason] ?? 0) + 1;
    this.#dropped[reason] = count;
    return count;
  }

  #record(act: WorkerAct, after: Promise<void> = Promise.resolve()): void {
    const recorded = after
      .then(() => this.#ports.recordWorkerAct.execute({ worker: this.#worker, context: this.#context, act }))
      .catch((error: unknown) => {
        const code = error instanceof LkpsError ? error.code : 'internal_error';
        this.log({ event: 'act_not_recorded', reason: act.kind, code, error });
      })
      .finally(() => this.#pending.delete(recorded));
    this.#pending.add(recorded);
  }
}
