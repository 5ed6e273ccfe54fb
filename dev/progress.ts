/**
 * What a person watching a start or a stop wants to know. `detail` changes while a step that takes long is going on.
 * A step that was called off is `stopped`, not `failed`; what was up and is taken down is `ending`, then `ended`.
 */
export interface ProgressEvent {
  readonly step: string;
  readonly state: 'started' | 'working' | 'done' | 'failed' | 'stopped' | 'ending' | 'ended';
  readonly elapsedMs: number;
  readonly detail?: string;
}

export type Progress = (event: ProgressEvent) => void;

/** Runs one step and reports its beginning, its end and how long it took. An aborted `signal` means it was called off. */
export async function reported<Result>(
  progress: Progress,
  step: string,
  run: (working: (detail: string) => void) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const say = sayer(progress, step);
  say('started');
  try {
    const result = await run((detail) => {
      say('working', detail);
    });
    say('done');
    return result;
  } catch (error) {
    if (signal?.aborted === true) say('stopped');
    else say('failed', error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** Takes down what was up and reports for how long that kept everybody waiting. */
export async function reportedEnd(
  progress: Progress,
  step: string,
  stop: () => Promise<void>,
): Promise<void> {
  const say = sayer(progress, step);
  say('ending');
  try {
    await stop();
    say('ended');
  } catch (error) {
    say('failed', error instanceof Error ? error.message : String(error));
    throw error;
  }
}

function sayer(progress: Progress, step: string): (state: ProgressEvent['state'], detail?: string) => void {
  const startedAt = performance.now();
  return (state, detail) => {
    const elapsedMs = Math.round(performance.now() - startedAt);
    progress({ step, state, elapsedMs, ...(detail === undefined ? {} : { detail }) });
  };
}
