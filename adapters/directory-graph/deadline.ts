/** The time one lookup has, and the signal that ends it. */
export interface Deadline {
  readonly signal: AbortSignal;
  readonly remainingMs: () => number;
}

export function deadlineIn(ms: number): Deadline {
  const endsAt = performance.now() + ms;
  return { signal: AbortSignal.timeout(ms), remainingMs: () => endsAt - performance.now() };
}

/** Settles as `work` does, but no later than the signal: what ignores its signal is not waited for. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(new DOMException('aborted', 'TimeoutError'));
    };
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) {
      abort();
    }
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}
