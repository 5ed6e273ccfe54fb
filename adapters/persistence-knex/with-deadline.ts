/** Thrown in place of an answer that did not come in time. */
export class DeadlineExceeded extends Error {
  constructor(deadlineMs: number) {
    super(`no answer within ${deadlineMs} ms`);
    this.name = 'DeadlineExceeded';
  }
}

/**
 * Settles after `deadlineMs` at the latest, whatever the work does. The signal aborts at that moment, so that the work
 * can let go of what it holds; what it still says afterwards is heard by nobody.
 */
export function withDeadline<T>(deadlineMs: number, work: (expired: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new DeadlineExceeded(deadlineMs);
      controller.abort(error);
      reject(error);
    }, deadlineMs);
    work(controller.signal)
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
      });
  });
}
