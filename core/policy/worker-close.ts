import type { LineEffect, PlannedClose, WorkerLine, WorkerOffence } from '../model/worker-line.ts';
import { stepTo, tell, type LineStep } from './worker-step.ts';

/**
 * No further job reaches the worker over this line; it closes once no offer is open. Before LiveKit knows the worker there
 * is nothing to settle.
 */
export function planClose<Frame>(line: WorkerLine<Frame>, reason: PlannedClose): LineStep<Frame> {
  switch (line.phase) {
    case 'serving': {
      const told = { load: 1, jobCount: line.told.jobCount };
      return stepTo(
        { ...line, phase: 'settling', closing: reason, capacity: 'full', told, newest: undefined },
        tell({ kind: 'update_worker', status: 'full', ...told }),
        ...gone(line),
      );
    }
    case 'opening':
    case 'registering':
      return stepTo(asClosed(line), { kind: 'close', reason });
    case 'settling':
    case 'closed':
      return stepTo(line);
  }
}

/** Adds the close that was waited with, where there is nothing left to wait for. */
export function settle<Frame>({ line, effects }: LineStep<Frame>): LineStep<Frame> {
  if (line.phase !== 'settling' || line.closing === undefined || line.offers.size > 0) {
    return { line, effects };
  }
  return stepTo(asClosed(line), ...effects, { kind: 'close', reason: line.closing });
}

/** LiveKit learns of open offers by the close, and tries the next worker. */
export function closeFor<Frame>(line: WorkerLine<Frame>, offence: WorkerOffence): LineStep<Frame> {
  const refused = { kind: 'refused', reason: offence } as const;
  return stepTo(asClosed(line), refused, ...gone(line), { kind: 'close', reason: offence });
}

export function endLine<Frame>(line: WorkerLine<Frame>): LineStep<Frame> {
  return stepTo(asClosed(line), ...gone(line));
}

function asClosed<Frame>(line: WorkerLine<Frame>): WorkerLine<Frame> {
  return { ...line, phase: 'closed', offers: new Map(), jobs: new Set(), newest: undefined };
}

/** Said once, and only of a worker that was there. */
function gone<Frame>({ phase }: WorkerLine<Frame>): readonly LineEffect<never>[] {
  return phase === 'serving' ? [{ kind: 'capacity', capacity: 'gone' }] : [];
}
