import type { WorkerLine } from '../model/worker-line.ts';
import type { WorkerStatusReport } from '../model/worker-message.ts';
import { toUint32 } from './worker-numbers.ts';
import { stepTo, tell, type LineStep } from './worker-step.ts';

type LoadReport = WorkerLine<unknown>['told'];

/**
 * Whether a worker takes jobs is passed on at once; how busy it is, some seconds later and only where that changed. LiveKit
 * weighs workers by their load, so one outside 0 to 1 would be heard as more, or less, than a worker can be.
 */
export function reportStatus<Frame>(line: WorkerLine<Frame>, message: WorkerStatusReport): LineStep<Frame> {
  if (line.phase === 'settling') {
    return stepTo(line);
  }
  const report = { load: toLoad(message.load), jobCount: toUint32(message.jobCount) };
  const capacity = message.status ?? line.capacity;
  const isPending = line.newest !== undefined;
  if (capacity !== line.capacity) {
    const newest = isPending ? report : undefined;
    return stepTo(
      { ...line, capacity, told: report, newest },
      tell({ kind: 'update_worker', status: capacity, ...report }),
      ...(line.phase === 'serving' ? [{ kind: 'capacity', capacity } as const] : []),
    );
  }
  if (isPending) {
    return stepTo({ ...line, newest: report });
  }
  return isSame(report, line.told)
    ? stepTo(line)
    : stepTo({ ...line, newest: report }, { kind: 'report_later' });
}

/** The time to wait is over. */
export function reportNewest<Frame>(line: WorkerLine<Frame>): LineStep<Frame> {
  const { newest, told, capacity } = line;
  if (newest === undefined || isSame(newest, told)) {
    return stepTo({ ...line, newest: undefined });
  }
  return stepTo(
    { ...line, told: newest, newest: undefined },
    tell({ kind: 'update_worker', status: capacity, ...newest }),
  );
}

/** What is not a number is a full load: less would draw jobs. */
function toLoad(value: number): number {
  return Number.isNaN(value) ? 1 : Math.min(Math.max(value, 0), 1);
}

function isSame(a: LoadReport, b: LoadReport): boolean {
  return a.jobCount === b.jobCount && hundredths(a.load) === hundredths(b.load);
}

function hundredths(load: number): number {
  return Math.round(load * 100);
}
