import type { LineEffect, WorkerLine } from '../model/worker-line.ts';
import type { WorkerReport } from '../model/worker-message.ts';

/** What becomes of a line, and what is to be done, in this order. */
export interface LineStep<Frame> {
  readonly line: WorkerLine<Frame>;
  readonly effects: readonly LineEffect<Frame>[];
}

export function stepTo<Frame>(
  line: WorkerLine<Frame>,
  ...effects: readonly LineEffect<Frame>[]
): LineStep<Frame> {
  return { line, effects };
}

export function tell(report: WorkerReport): LineEffect<never> {
  return { kind: 'tell_server', report };
}

/** So that LiveKit tries the next worker; `jobId` is as it was sent. */
export function decline(jobId: string): LineEffect<never> {
  return tell({ kind: 'decline', jobId });
}
