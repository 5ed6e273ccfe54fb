import type {
  AuthenticateCaller,
  CheckHealth,
  Clock,
  HandleWebhook,
  Ids,
  LkpsErrorCode,
  RegisterAgent,
  RequestId,
  StartSession,
} from '../../core/index.ts';
import type { HttpCredential } from './exchange.ts';

/** What the HTTP contract is served from; the composition root, or whoever embeds the platform, puts it together. */
export interface HttpService {
  readonly authenticateCaller: Pick<AuthenticateCaller<HttpCredential>, 'execute'>;
  readonly registerAgent: Pick<RegisterAgent, 'execute'>;
  readonly startSession: Pick<StartSession, 'execute'>;
  readonly handleWebhook: Pick<HandleWebhook, 'execute'>;
  readonly checkHealth: Pick<CheckHealth, 'execute'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly site: Site;
  readonly log: HttpLog;
}

export interface Site {
  readonly region: string;
  readonly version: string;
  /** Where clients reach LiveKit: `ws://` or `wss://`. */
  readonly livekitUrl: string;
  /** Where agents' workers connect: the gateway, or LiveKit where there is none. */
  readonly agentUrl: string;
  /** How many proxies in front append to `X-Forwarded-For`. */
  readonly trustedHops: number;
  /** Origins whose pages may call, exactly as browsers send them; empty: CORS is off. */
  readonly corsOrigins: readonly string[];
  /** Requests worked on at one time, health apart, half of them of one client at most; one more is 503 `overloaded`. */
  readonly maxInFlight: number;
}

/** One line per request, of fields that are safe to keep: no header, no body, no query. */
export type HttpLog = (entry: HttpLogEntry) => void;

export interface HttpLogEntry {
  readonly requestId: RequestId;
  /** The route's operation, or `unmatched`: the path itself is the caller's choice. */
  readonly operation: string;
  readonly status: number;
  readonly durationMs: number;
  readonly code?: LkpsErrorCode | 'internal_error';
  /** Why, in the service's own words. */
  readonly reason?: string;
  /** What was thrown, for the log's own rules about what it keeps of an error. */
  readonly error?: unknown;
}
