import { log } from '@livekit/agents';
import { firstLine, quoted } from './redacted.ts';
import { retryDelayMs } from './schedule.ts';

/** Why the worker is not connected any more. */
export interface Loss {
  /**
   * `planned`: closed by the gateway in good order, for a renewal or its own restart. `refused`: it does not accept the token,
   * or closed the connection for a breach.
   */
  readonly kind: 'planned' | 'refused' | 'lost';
  readonly reason: string;
}

const SLOWEST_RECONNECT_MS = 10_000;
/** A connection that lived for less counts as another failed attempt. */
const STABLE_MS = 1_000;
/** After a refusal: who is let in and put out again and again has to ask less and less. */
const STABLE_AFTER_REFUSAL_MS = 60_000;
/** Upstream's (worker.ts, `#runWS`). */
const SOCKET_ERROR = 'worker error:';
const KINDS: ReadonlyMap<number, Loss['kind']> = new Map([
  [1012, 'planned'],
  [1008, 'refused'],
]);

/** What upstream says when a connection attempt or a connection is over (worker.ts, `workerWS`: `failed to connect to LiveKit server`). */
export function lossOf(error: unknown): Loss {
  const body = fieldOf(error, 'body');
  const code = fieldOf(body, 'code');
  if (typeof code === 'number') {
    const said = fieldOf(body, 'reason');
    return {
      kind: KINDS.get(code) ?? 'lost',
      reason: `closed with ${code}${typeof said === 'string' && said !== '' ? ` ${quoted(said)}` : ''}`,
    };
  }
  const reason = firstLine(error);
  const status = /^Unexpected server response: (\d{3})$/.exec(reason)?.[1];
  return {
    kind: status === '401' || status === '403' ? 'refused' : 'lost',
    reason: status === undefined ? reason : `the gateway answered HTTP ${status}`,
  };
}

/** How long to wait before the next attempt: not at all after a connection that was closed in good order. */
export class ReconnectPace {
  readonly #now: () => number;
  readonly #random: () => number;
  #attempt = 0;
  #stableMs = STABLE_MS;
  #connectedAtMs: number | undefined;

  constructor({ now, random }: { readonly now: () => number; readonly random: () => number }) {
    this.#now = now;
    this.#random = random;
  }

  connected(): void {
    this.#connectedAtMs = this.#now();
  }

  lost({ kind }: Loss): { readonly attempt: number; readonly retryInMs: number } {
    const livedMs = this.#connectedAtMs === undefined ? 0 : this.#now() - this.#connectedAtMs;
    this.#connectedAtMs = undefined;
    const isStable = livedMs >= this.#stableMs;
    this.#attempt = isStable ? 1 : this.#attempt + 1;
    if (isStable) this.#stableMs = STABLE_MS;
    if (kind === 'refused') this.#stableMs = STABLE_AFTER_REFUSAL_MS;
    const delayMs = Math.min(SLOWEST_RECONNECT_MS, retryDelayMs(this.#attempt, this.#random()));
    return { attempt: this.#attempt, retryInMs: kind === 'planned' && isStable ? 0 : Math.round(delayMs) };
  }
}

/**
 * Hears of lost connections in place of upstream's log, and decides on the wait that follows.
 *
 * Upstream tells nobody but its logger, as a warning with a traceback, and then waits for 2 s and more with a timer of
 * its own, also after a planned close. The loggers made while `create` runs are the worker's; that one line of theirs
 * goes to `onLost`, and the timer set right after it waits for what `onLost` answers. What they say of a socket's error is
 * dropped: a loss follows each, which says why.
 */
export function hearingLosses<T>(create: () => T, onLost: (loss: Loss) => Promise<void>): T {
  const root = log();
  const child = root.child.bind(root);
  Reflect.set(root, 'child', (...bindings: Parameters<typeof child>) => {
    const logger = child(...bindings);
    const warn = logger.warn.bind(logger) as (...line: readonly unknown[]) => void;
    logger.warn = (...line: readonly unknown[]) => {
      const [fields] = line;
      if (typeof fieldOf(fields, 'retry_count') !== 'number') warn(...line);
      else takeNextTimer(onLost(lossOf(fieldOf(fields, 'error'))));
    };
    const complain = logger.error.bind(logger) as (...line: readonly unknown[]) => void;
    logger.error = (...line: readonly unknown[]) => {
      if (line[0] !== SOCKET_ERROR) complain(...line);
    };
    return logger;
  });
  try {
    return create();
  } finally {
    Reflect.deleteProperty(root, 'child'); // The prototype's is there again.
  }
}

/** The timer that this very turn of the event loop sets ends with the promise in place of its time. */
function takeNextTimer(wait: Promise<void>): void {
  const original = globalThis.setTimeout;
  const restore = (): void => {
    globalThis.setTimeout = original;
  };
  queueMicrotask(restore);
  globalThis.setTimeout = ((resume: () => void) => {
    restore();
    void wait.then(resume);
  }) as typeof original;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
