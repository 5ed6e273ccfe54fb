import type {
  AcceptJob,
  AdmitWorker,
  ClientId,
  Clock,
  ConnectionId,
  GatewayId,
  Ids,
  JudgeOffer,
  LkpsErrorCode,
  RecordWorkerAct,
  RequestId,
  WorkerRegistry,
} from '../../core/index.ts';

/** What the gateway is served from; the composition root, or whoever embeds the platform, puts it together. */
export interface GatewayService {
  readonly admitWorker: Pick<AdmitWorker, 'execute'>;
  readonly judgeOffer: Pick<JudgeOffer, 'execute'>;
  readonly acceptJob: Pick<AcceptJob, 'execute'>;
  readonly recordWorkerAct: Pick<RecordWorkerAct, 'execute'>;
  readonly workers: Pick<WorkerRegistry, 'due' | 'announce'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly site: GatewaySite;
  readonly log: GatewayLog;
}

export interface GatewaySite {
  readonly region: string;
  /** Of this process; another one after a restart. */
  readonly gatewayId: GatewayId;
  /** Where this process reaches LiveKit: `http(s)://` or `ws(s)://`. */
  readonly livekitUrl: string;
  /** Where workers reach LiveKit to join a room: `ws(s)://`. */
  readonly livekitPublicUrl: string;
  /** A short-lived token with `video.agent`, signed with LiveKit's key. It never leaves for anywhere but LiveKit. */
  readonly upstreamToken: () => Promise<string>;
  /** Connections of one agent that are served at once. */
  readonly maxAgentWorkers: number;
  /** How many proxies in front append to `X-Forwarded-For`. */
  readonly trustedHops: number;
}

/** Of fields that are safe to keep: no header, no query, nothing of what a message says. */
export type GatewayLog = (entry: GatewayLogEntry) => void;

export interface GatewayLogEntry {
  readonly event:
    | 'handshake_refused'
    | 'worker_admitted'
    | 'worker_closed'
    | 'job_withheld'
    | 'message_refused'
    /** An act that should be on record, and is not. */
    | 'act_not_recorded'
    /** Whether connections may stay could not be asked. */
    | 'due_unknown'
    | 'presence_not_announced'
    /** A defect. */
    | 'connection_failed';
  readonly requestId?: RequestId;
  readonly connectionId?: ConnectionId;
  /** Whose agent it is; of a personal one the user is left out. */
  readonly clientId?: ClientId;
  /** As LiveKit sent it. */
  readonly jobId?: string;
  readonly status?: number;
  readonly code?: LkpsErrorCode | 'internal_error';
  /** Why, in the service's own words. */
  readonly reason?: string;
  /** Messages of one connection that were not passed on, by the reason. */
  readonly dropped?: Readonly<Record<string, number>>;
  readonly durationMs?: number;
  /** What was thrown, for the log's own rules about what it keeps of an error. */
  readonly error?: unknown;
}
