import type { WorkerLine } from '../model/worker-line.ts';
import type { WorkerMessage } from '../model/worker-message.ts';
import { answer } from './worker-answer.ts';
import { closeFor } from './worker-close.ts';
import { migrateJobs, updateJob } from './worker-jobs.ts';
import { reportStatus } from './worker-load.ts';
import { register } from './worker-register.ts';
import { stepTo, tell, type LineStep } from './worker-step.ts';

/** What is passed on is made anew here, field by field: nothing of a message gets through that is not named. */
export function workerSaid<Frame>(line: WorkerLine<Frame>, message: WorkerMessage): LineStep<Frame> {
  if (message.kind === 'unknown') {
    return stepTo(line, { kind: 'dropped', reason: 'unknown_message' });
  }
  if (message.kind === 'unreadable') {
    return closeFor(line, message.reason);
  }
  if (line.phase === 'opening') {
    return message.kind === 'register' ? register(line, message) : closeFor(line, 'register_expected');
  }
  switch (message.kind) {
    case 'register':
      return closeFor(line, 'second_register');
    case 'simulate_job':
      return stepTo(line, { kind: 'refused', reason: 'simulate_job' });
    case 'availability':
      return answer(line, message);
    case 'update_worker':
      return reportStatus(line, message);
    case 'update_job':
      return updateJob(line, message);
    case 'migrate_job':
      return migrateJobs(line, message.jobIds);
    case 'ping':
      return stepTo(line, tell({ kind: 'ping', timestamp: message.timestamp }));
  }
}
