/** What a person watching a start wants to know. `detail` changes while a step that takes long is going on. */
export interface ProgressEvent {
  readonly step: string;
  readonly state: 'started' | 'working' | 'done' | 'failed';
  readonly elapsedMs: number;
  readonly detail?: string;
}

export type Progress = (event: ProgressEvent) => void;

/** Runs one step and reports its beginning, its end and how long it took. */
export async function reported<Result>(
  progress: Progress,
  step: string,
  run: (working: (detail: string) => void) => Promise<Result>,
): Promise<Result> {
  const startedAt = performance.now();
  const say = (state: ProgressEvent['state'], detail?: string): void => {
    const elapsedMs = Math.round(performance.now() - startedAt);
    progress({ step, state, elapsedMs, ...(detail === undefined ? {} : { detail }) });
  };
  say('started');
  try {
    const result = await run((detail) => {
      say('working', detail);
    });
    say('done');
    return result;
  } catch (error) {
    say('failed', error instanceof Error ? error.message : String(error));
    throw error;
  }
}
