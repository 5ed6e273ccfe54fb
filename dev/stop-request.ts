import { constants } from 'node:os';
import { onOrphaned } from './orphaned.ts';

/** npm passes Ctrl-C on to a process that got it from the terminal already: not an impatient second one. */
const IMPATIENT_AFTER_MS = 1_000;

/** Someone's wish that this process ends: a signal, or the death of whoever started it. */
export interface StopRequest {
  readonly signal: AbortSignal;
  /** What a shell reports of a process that ended by the signal; undefined while nobody asked. */
  readonly exitCode: () => number | undefined;
}

/** From now on signals ask; a second one, a moment later, ends the process at once, and the guards stop the rest. */
export function listenForStop(): StopRequest {
  const stopping = new AbortController();
  let asked: { readonly exitCode: number; readonly at: number } | undefined;
  const stop = (name: NodeJS.Signals): void => {
    const exitCode = 128 + constants.signals[name];
    if (asked === undefined) {
      asked = { exitCode, at: performance.now() };
      stopping.abort(new Error(`stopped by ${name}`));
    } else if (performance.now() - asked.at > IMPATIENT_AFTER_MS) {
      process.exit(exitCode);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      stop(name);
    });
  }
  onOrphaned(() => {
    stop('SIGHUP');
  });
  return { signal: stopping.signal, exitCode: () => asked?.exitCode };
}
