import { reasonOf } from './redact.ts';

/** One step of a scenario that did not happen, and why. */
export class StepFailed extends Error {
  readonly step: string;

  constructor(step: string, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.step = step;
  }
}

/**
 * Waits for one step of a scenario, but no longer than until the interruption (overall timeout, signal, connection lost).
 *
 * @param seenSoFar - what to add to the reason when interrupted: it tells silence from a wrong tone
 */
export async function step<T>(
  name: string,
  work: Promise<T>,
  interruption: AbortSignal,
  seenSoFar?: () => string,
): Promise<T> {
  let onAbort = (): void => undefined;
  const interrupted = new Promise<never>((_, reject) => {
    onAbort = () => {
      const seen = seenSoFar?.();
      const reason = reasonOf(interruption.reason);
      reject(new StepFailed(name, seen === undefined ? reason : `${reason}; ${seen}`));
    };
  });
  if (interruption.aborted) onAbort();
  interruption.addEventListener('abort', onAbort);
  try {
    return await Promise.race([work, interrupted]);
  } catch (error) {
    throw error instanceof StepFailed ? error : new StepFailed(name, reasonOf(error), { cause: error });
  } finally {
    interruption.removeEventListener('abort', onAbort);
  }
}
