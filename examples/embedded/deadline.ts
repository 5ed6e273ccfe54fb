import { LkpsError } from '@livekit-platform/service/core';

/** Below the 2 s that the ports promise, so that the answer is out in time on a busy machine too. */
const DEADLINE_MS = 1_800;

/**
 * Settles within the deadline, whatever the work does. `isOverdue` tells work that waited for its turn that nobody waits
 * for it any more.
 *
 * @throws LkpsError `audit_unavailable`.
 */
export function withDeadline<T>(work: (isOverdue: () => boolean) => Promise<T>): Promise<T> {
  let overdue = false;
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      overdue = true;
      reject(new LkpsError('audit_unavailable', `the trail did not answer within ${DEADLINE_MS} ms`));
    }, DEADLINE_MS);
    work(() => overdue)
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
      });
  });
}
