import type { AgentName, JobId } from './names.ts';
import type {
  JobSeat,
  ServerMessage,
  WorkerCapacity,
  WorkerMessage,
  WorkerPermissions,
  WorkerReport,
  WorkerStatusReport,
} from './worker-message.ts';

/**
 * What a gateway keeps of one connection: a worker on its one side, LiveKit on the other. `Frame` is a message of LiveKit
 * as it came, which the line only ever passes on.
 */
export interface WorkerLine<Frame> {
  readonly agent: AgentName;
  /**
   * `opening`: not registered yet. `registering`: LiveKit has not confirmed it. `settling`: to be closed, once no offer is
   * open.
   */
  readonly phase: 'opening' | 'registering' | 'serving' | 'settling' | 'closed';
  /** As registered with LiveKit. */
  readonly permissions: WorkerPermissions | undefined;
  readonly offers: ReadonlyMap<JobId, Offer<Frame>>;
  /** Assigned over this connection, and not over. */
  readonly jobs: ReadonlySet<JobId>;
  readonly capacity: WorkerCapacity;
  /** What LiveKit was last told of the load, and what it is to be told next. */
  readonly told: LoadReport;
  readonly newest: LoadReport | undefined;
  /** Why it is to be closed, once it is settled. */
  readonly closing: PlannedClose | undefined;
}

type LoadReport = Pick<WorkerStatusReport, 'load' | 'jobCount'>;

/**
 * A job that LiveKit waits for an answer about. `judging`: whether it is this agent's. `asked`: the worker. `recording`: the
 * worker said yes. `accepted`: on record, LiveKit told; `token` is what the worker will get.
 */
export type Offer<Frame> =
  | { readonly stage: 'judging'; readonly room: string; readonly frame: Frame }
  | { readonly stage: 'asked'; readonly room: string }
  | { readonly stage: 'recording'; readonly room: string; readonly seat: JobSeat }
  | { readonly stage: 'accepted'; readonly room: string; readonly token: string };

/** What happens to a line. */
export type LineEvent<Frame> =
  | { readonly kind: 'worker_said'; readonly message: WorkerMessage }
  | { readonly kind: 'server_said'; readonly message: ServerMessage<Frame> }
  /** `withheld`: it is not known to be this agent's. */
  | { readonly kind: 'offer_judged'; readonly jobId: JobId; readonly verdict: OfferVerdict }
  | { readonly kind: 'acceptance_recorded'; readonly jobId: JobId; readonly token: string }
  | { readonly kind: 'acceptance_failed'; readonly jobId: JobId; readonly reason: string }
  /** `answer`: LiveKit is to hear a no while it still helps. `assignment`: it will not come any more. */
  | { readonly kind: 'offer_overdue'; readonly jobId: JobId; readonly missing: 'answer' | 'assignment' }
  | { readonly kind: 'load_due' }
  | { readonly kind: 'close_planned'; readonly reason: PlannedClose }
  /** One of the two sides is gone. */
  | { readonly kind: 'ended' };

export type OfferVerdict =
  { readonly outcome: 'ours' } | { readonly outcome: 'withheld'; readonly reason: string };

/** What is to be done about it, in this order. */
export type LineEffect<Frame> =
  | { readonly kind: 'tell_server'; readonly report: WorkerReport }
  /** As LiveKit said it. */
  | { readonly kind: 'tell_worker'; readonly frame: Frame }
  /** LiveKit's assignment, with its token and URL replaced. */
  | { readonly kind: 'assign'; readonly frame: Frame; readonly token: string }
  /** Answered by `offer_judged`; from now on the offer can be overdue. */
  | { readonly kind: 'judge'; readonly jobId: JobId; readonly room: string }
  /** Answered by `acceptance_recorded` or `acceptance_failed`. */
  | {
      readonly kind: 'record';
      readonly jobId: JobId;
      readonly room: string;
      readonly seat: JobSeat;
      readonly permissions: WorkerPermissions;
    }
  /** Answered by `load_due`, some seconds later. */
  | { readonly kind: 'report_later' }
  /** Whether a job can be given to this worker: for those who start sessions. */
  | { readonly kind: 'capacity'; readonly capacity: WorkerCapacity | 'gone' }
  /** The worker does not get this job: for the record. `jobId` is as LiveKit sent it. */
  | {
      readonly kind: 'withheld';
      readonly jobId: string;
      readonly room: string | undefined;
      readonly reason: string;
    }
  /** The worker tried what no worker may: for the record. */
  | { readonly kind: 'refused'; readonly reason: WorkerOffence }
  /** Counted, not recorded. */
  | { readonly kind: 'dropped'; readonly reason: DroppedMessage }
  | { readonly kind: 'close'; readonly reason: WorkerOffence | PlannedClose };

/** What ends a connection in good time: its worker is to come back with another token, or to another gateway. */
export type PlannedClose = 'renewed' | 'expired' | 'gateway_stopping';

/** What no worker of an honest library does. All but `simulate_job` and `seat_too_large` end the connection. */
export type WorkerOffence =
  | 'text_frame'
  | 'malformed_frame'
  | 'register_expected'
  | 'second_register'
  | 'wrong_agent_name'
  | 'wrong_job_type'
  | 'simulate_job'
  | 'seat_too_large';

export type DroppedMessage = 'unknown_message' | 'answer_without_offer' | 'foreign_job' | 'after_close';
