import {
  openLine,
  parseAgentName,
  parseJobId,
  step,
  type JobId,
  type LineEffect,
  type LineEvent,
  type WorkerLine,
} from '../../core/index.ts';
import type { Random } from '../fuzz/random.ts';

export type Line = WorkerLine<string>;
type Event = LineEvent<string>;

export const AGENT = parseAgentName('a9e00000-0000-4000-8000-00000000000a');
/** Of another team. */
export const OTHER_AGENT = 'b0b00000-0000-4000-8000-00000000000b';
/** Job ids that a line may know of, or not. */
export const JOBS: readonly JobId[] = ['AJ_one', 'AJ_two', 'AJ_three', 'AJ_four'].map(parseJobId);

/** A line somewhere in its life. */
export function anyLine(random: Random): Line {
  const opening = openLine<string>(AGENT);
  if (random.chance(0.2)) {
    return opening;
  }
  const registering = after(opening, REGISTER);
  if (random.chance(0.1)) {
    return registering;
  }
  let line = after(registering, {
    kind: 'server_said',
    message: { kind: 'registered', frame: 'registered' },
  });
  for (const jobId of JOBS) {
    line = after(line, ...someOf(random, jobId));
  }
  if (random.chance(0.2)) {
    line = after(line, { kind: 'close_planned', reason: 'renewed' });
  }
  return line;
}

export function after(line: Line, ...events: readonly Event[]): Line {
  return events.reduce((current, event) => step(current, event).line, line);
}

/** What the rest of the gateway makes of an effect. */
export function followUp(random: Random, effect: LineEffect<string>): Event | undefined {
  switch (effect.kind) {
    case 'record': {
      const { jobId } = effect;
      return random.chance(0.9)
        ? { kind: 'acceptance_recorded', jobId, token: 'ours' }
        : { kind: 'acceptance_failed', jobId, reason: 'session_over' };
    }
    case 'report_later':
      return { kind: 'load_due' };
    case 'judge':
      return { kind: 'offer_judged', jobId: effect.jobId, verdict: { outcome: 'ours' } };
    case 'tell_server':
    case 'tell_worker':
    case 'assign':
    case 'capacity':
    case 'withheld':
    case 'refused':
    case 'dropped':
    case 'close':
      return undefined;
  }
}

const REGISTER: Event = {
  kind: 'worker_said',
  message: { kind: 'register', jobType: 'room', agentName: '', version: '1', pingInterval: 0 },
};

/** A part of what happens to a job, from its offer to its end. */
function someOf(random: Random, jobId: JobId): readonly Event[] {
  const story: readonly Event[] = [
    {
      kind: 'server_said',
      message: { kind: 'offer', jobId, room: 's-1', agentName: AGENT, frame: 'offer' },
    },
    { kind: 'offer_judged', jobId, verdict: { outcome: 'ours' } },
    {
      kind: 'worker_said',
      message: {
        kind: 'availability',
        jobId,
        available: true,
        participantName: '',
        participantMetadata: '',
        participantAttributes: new Map(),
      },
    },
    { kind: 'acceptance_recorded', jobId, token: 'ours' },
    { kind: 'server_said', message: { kind: 'assignment', jobId, frame: 'assignment' } },
  ];
  // Most of all an offer that waits for the worker's answer.
  return story.slice(0, random.pick([0, 1, 2, 2, 2, 3, 4, 5, 5]));
}
