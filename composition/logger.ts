import { pino, type DestinationStream, type Logger } from 'pino';
import type { HttpLog } from '../adapters/http/index.ts';
import { LkpsError } from '../core/index.ts';
import type { Config } from './config.ts';

/** JSON lines on stdout. What is logged is listed field by field here, so that nothing else can slip in. */
export function createLogger(
  config: Pick<Config, 'logLevel' | 'region'>,
  destination: DestinationStream = pino.destination(1),
): Logger {
  return pino(
    {
      level: config.logLevel,
      base: { service: 'lkps', region: config.region },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}

/** For a process that is frozen once it has answered, maybe for good: what it logged is written by then. */
export function writtenAtOnce(): DestinationStream {
  return pino.destination({ dest: 1, sync: true });
}

export function httpLog(logger: Logger): HttpLog {
  return ({ requestId, operation, status, durationMs, code, reason, error }) => {
    const fields = {
      request_id: requestId,
      operation,
      status,
      duration_ms: durationMs,
      code,
      reason,
      error: describeError(error),
    };
    if (status >= 500) {
      logger.error(fields, 'request failed');
    } else {
      logger.info(fields, 'request answered');
    }
  };
}

/** Said at every start, however little is logged otherwise. */
export function warnOfRisks(warnings: readonly string[], logger: Logger): void {
  const insistent = logger.child({}, { level: 'warn' });
  for (const warning of warnings) {
    insistent.warn(warning);
  }
}

/** Errors that cause each other end somewhere. */
const MAX_CAUSES = 4;
const MAX_FRAMES = 8;

/**
 * What of an error may be kept: its kind, its code and where it came from. Never its message, which may quote a token
 * (LiveKit's 401), a connection string or a row (PostgreSQL).
 */
export function describeError(
  error: unknown,
  causesLeft = MAX_CAUSES,
): Readonly<Record<string, unknown>> | undefined {
  if (!(error instanceof Error)) {
    return error === undefined ? undefined : { type: typeof error };
  }
  return {
    type: error.constructor.name,
    code: codeOf(error),
    reason: error instanceof LkpsError ? error.message : undefined,
    at: framesOf(error),
    cause: causesLeft === 0 ? undefined : describeError(error.cause, causesLeft - 1),
  };
}

/** Libraries pass on codes of whoever answered them: a word is kept, an address, a token or a sentence is not. */
function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' && /^\w{1,64}$/.test(error.code)
    ? error.code
    : undefined;
}

/** The stack begins with the message, lines of which may look like frames; a message changed since is not found there. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  if (!stack.includes(message)) {
    return [];
  }
  const trace = stack.slice(stack.indexOf(message) + message.length);
  return trace
    .split('\n')
    .filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => line.trim());
}
