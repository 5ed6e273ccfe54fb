/**
 * Standard output carries events and nothing else, one JSON object a line; logs go to standard error.
 *
 * Loaded before any LiveKit module, here and in every job process: their loggers pick their stream while loading.
 */
const writeToStdout = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);
process.env['NODE_ENV'] ??= 'production';

/** Job processes inherit these arguments; without it the loggers of the modules loaded first there write to stdout. */
export function keepStdoutForEvents(): void {
  process.execArgv.push('--import', import.meta.url);
}

type AgentEvent =
  | { readonly event: 'entra_token' | 'lkps_registered'; readonly ms: number }
  | {
      readonly event: 'registered';
      readonly agent_name: string;
      readonly livekit_url: string;
      /** Since the platform registered it: at a reconnect, how long that is ago. */
      readonly ms: number;
    }
  | { readonly event: 'renewed'; readonly expires_at: string }
  | JobStarted
  | JobEnded
  | Seen
  | { readonly event: 'failed'; readonly reason: string }
  | { readonly event: 'stopped' };

interface Job {
  readonly room: string;
  readonly job_id: string;
  readonly request_id: string | null;
}

interface JobStarted extends Job {
  readonly event: 'job_started';
  /** What the dispatch said to the agent, by size and SHA-256: it may be long, and it is for the agent alone. */
  readonly metadata_bytes: number;
  readonly metadata_sha256: string;
}

interface JobEnded extends Job {
  readonly event: 'job_ended';
}

/** What of a participant reached the agent. */
type Seen = { readonly room: string } & (
  | {
      readonly event: 'participant_seen';
      readonly identity: string;
      readonly name: string;
      readonly metadata: string;
      readonly attributes: Readonly<Record<string, string>>;
    }
  | { readonly event: 'track_seen'; readonly from: string; readonly source: string }
  | {
      readonly event: 'data_seen';
      readonly from: string | null;
      readonly topic: string | null;
      readonly text: string;
    }
);

/** Writes one event. Pipes are written synchronously and lines are short: those of several processes never mix. */
export function emit(event: AgentEvent): void {
  writeToStdout(`${JSON.stringify(event)}\n`);
}

/** Writes one log line. Nothing that grants anything may be passed here. */
export function log(
  level: 'info' | 'warn' | 'error',
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  process.stderr.write(
    `${JSON.stringify({ level, time: new Date().toISOString(), msg: message, ...fields })}\n`,
  );
}
