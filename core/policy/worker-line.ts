import type { AgentName } from '../model/names.ts';
import type { LineEvent, WorkerLine } from '../model/worker-line.ts';
import type { ServerMessage } from '../model/worker-message.ts';
import { endLine, planClose, settle } from './worker-close.ts';
import { terminate } from './worker-jobs.ts';
import { reportNewest } from './worker-load.ts';
import { assign, judged, notRecorded, offer, overdue, recorded } from './worker-offers.ts';
import { workerSaid } from './worker-said.ts';
import { stepTo, type LineStep } from './worker-step.ts';

/** A connection whose worker has said nothing yet. */
export function openLine<Frame>(agent: AgentName): WorkerLine<Frame> {
  return {
    agent,
    phase: 'opening',
    permissions: undefined,
    offers: new Map(),
    jobs: new Set(),
    capacity: 'available',
    told: { load: 0, jobCount: 0 },
    newest: undefined,
    closing: undefined,
  };
}

/** What becomes of a line, and what is to be done. Whatever is said, nothing throws. */
export function step<Frame>(line: WorkerLine<Frame>, event: LineEvent<Frame>): LineStep<Frame> {
  if (line.phase === 'closed') {
    const isSaid = event.kind === 'worker_said';
    return stepTo(line, ...(isSaid ? [{ kind: 'dropped', reason: 'after_close' } as const] : []));
  }
  return settle(happen(line, event));
}

function happen<Frame>(line: WorkerLine<Frame>, event: LineEvent<Frame>): LineStep<Frame> {
  switch (event.kind) {
    case 'worker_said':
      return workerSaid(line, event.message);
    case 'server_said':
      return serverSaid(line, event.message);
    case 'offer_judged':
      return judged(line, event);
    case 'acceptance_recorded':
      return recorded(line, event);
    case 'acceptance_failed':
      return notRecorded(line, event);
    case 'offer_overdue':
      return overdue(line, event);
    case 'load_due':
      return reportNewest(line);
    case 'close_planned':
      return planClose(line, event.reason);
    case 'ended':
      return endLine(line);
  }
}

function serverSaid<Frame>(line: WorkerLine<Frame>, message: ServerMessage<Frame>): LineStep<Frame> {
  switch (message.kind) {
    case 'registered':
      return registered(line, message.frame);
    case 'offer':
      return offer(line, message);
    case 'assignment':
      return assign(line, message);
    case 'termination':
      return terminate(line, message.jobId, message.frame);
    case 'other':
      return stepTo(line, { kind: 'tell_worker', frame: message.frame });
  }
}

/** From now on jobs can come. */
function registered<Frame>(line: WorkerLine<Frame>, frame: Frame): LineStep<Frame> {
  if (line.phase !== 'registering') {
    return stepTo(line);
  }
  const { capacity } = line;
  return stepTo(
    { ...line, phase: 'serving' },
    { kind: 'tell_worker', frame },
    { kind: 'capacity', capacity },
  );
}
