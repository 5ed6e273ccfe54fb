import { isJobId } from '../model/names.ts';
import type { WorkerLine } from '../model/worker-line.ts';
import type { JobUpdate } from '../model/worker-message.ts';
import { findJobId } from './worker-open-offers.ts';
import { stepTo, tell, type LineStep } from './worker-step.ts';

const MAX_ERROR = 1024;
const MAX_MIGRATED = 100;
const CUT_SURROGATE = /[\uD800-\uDBFF]$/;

/** LiveKit lets a job go for whoever names it, so a worker may only name those it was given. */
export function updateJob<Frame>(line: WorkerLine<Frame>, message: JobUpdate): LineStep<Frame> {
  const jobId = findJobId(message.jobId);
  if (jobId === undefined || !line.jobs.has(jobId)) {
    return stepTo(line, { kind: 'dropped', reason: 'foreign_job' });
  }
  const { status } = message;
  const error = message.error.slice(0, MAX_ERROR).replace(CUT_SURROGATE, '');
  const isOver = status === 'success' || status === 'failed';
  return stepTo(
    isOver ? withoutJob(line, message.jobId) : line,
    tell({ kind: 'update_job', jobId, status, error }),
  );
}

/** Of jobs that the worker was given over earlier connections, which this one knows nothing of. */
export function migrateJobs<Frame>(line: WorkerLine<Frame>, jobIds: readonly string[]): LineStep<Frame> {
  return stepTo(line, tell({ kind: 'migrate_job', jobIds: jobIds.slice(0, MAX_MIGRATED).filter(isJobId) }));
}

export function terminate<Frame>(line: WorkerLine<Frame>, jobId: string, frame: Frame): LineStep<Frame> {
  return stepTo(withoutJob(line, jobId), { kind: 'tell_worker', frame });
}

function withoutJob<Frame>(line: WorkerLine<Frame>, jobId: string): WorkerLine<Frame> {
  return { ...line, jobs: new Set([...line.jobs].filter((own) => own !== jobId)) };
}
