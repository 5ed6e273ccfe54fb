import {
  openLine,
  parseAgentName,
  parseJobId,
  step,
  type JobId,
  type LineEffect,
  type LineEvent,
  type ServerMessage,
  type WorkerAnswer,
  type WorkerLine,
  type WorkerMessage,
  type WorkerRegister,
  type WorkerReport,
} from '../../core/index.ts';

/** One line in the tests of its rules; LiveKit's messages are words. */
export type Line = WorkerLine<string>;

export const LINE_AGENT = parseAgentName('a9e00000-0000-4000-8000-00000000000a');
export const JOB = parseJobId('AJ_one');
export const ROOM = 's-00000000000000000000000000000001';

export const REGISTER: WorkerRegister = {
  kind: 'register',
  jobType: 'room',
  agentName: LINE_AGENT,
  version: '1.4.6',
  pingInterval: 0,
};

export const OFFER = {
  kind: 'offer',
  jobId: JOB,
  room: ROOM,
  agentName: LINE_AGENT,
  frame: 'offer',
} satisfies ServerMessage<string>;

export const YES: WorkerAnswer = {
  kind: 'availability',
  jobId: JOB,
  available: true,
  participantName: 'Eve',
  participantMetadata: '',
  participantAttributes: new Map([['mood', 'fine']]),
};

export const OURS = {
  kind: 'offer_judged',
  jobId: JOB,
  verdict: { outcome: 'ours' },
} satisfies LineEvent<string>;
export const RECORDED = {
  kind: 'acceptance_recorded',
  jobId: JOB,
  token: 'our-token',
} satisfies LineEvent<string>;

export function said(message: WorkerMessage): LineEvent<string> {
  return { kind: 'worker_said', message };
}

export function heard(message: ServerMessage<string>): LineEvent<string> {
  return { kind: 'server_said', message };
}

export function assignmentOf(jobId: string): LineEvent<string> {
  return heard({ kind: 'assignment', jobId, frame: `assignment of ${jobId}` });
}

/** All that these events lead to, one after the other. */
export function play(
  line: Line,
  ...events: readonly LineEvent<string>[]
): { readonly line: Line; readonly effects: readonly LineEffect<string>[] } {
  return events.reduce<ReturnType<typeof play>>(
    (before, event) => {
      const after = step(before.line, event);
      return { line: after.line, effects: [...before.effects, ...after.effects] };
    },
    { line, effects: [] },
  );
}

/** What the last of these events leads to. */
export function effectsOf(
  line: Line,
  event: LineEvent<string>,
  ...more: readonly LineEvent<string>[]
): readonly LineEffect<string>[] {
  const [last = event, ...before] = [event, ...more].reverse();
  return step(play(line, ...before.reverse()).line, last).effects;
}

/** A line in each of its phases. */
export const PHASES: Readonly<Record<Line['phase'], Line>> = inEveryPhase();

export const SERVING = PHASES.serving;

/** Serving, with an offer at each of its stages. */
export const OFFERED = {
  judging: play(SERVING, heard(OFFER)).line,
  asked: play(SERVING, heard(OFFER), OURS).line,
  recording: play(SERVING, heard(OFFER), OURS, said(YES)).line,
  accepted: play(SERVING, heard(OFFER), OURS, said(YES), RECORDED).line,
} as const;

/** Serving, with a job. */
export const WORKING = play(OFFERED.accepted, assignmentOf(JOB)).line;

export function tells(report: WorkerReport): LineEffect<string> {
  return { kind: 'tell_server', report };
}

export function declines(jobId: string): LineEffect<string> {
  return tells({ kind: 'decline', jobId });
}

export function otherJob(index: number): JobId {
  return parseJobId(`AJ_other${index}`);
}

function inEveryPhase(): Readonly<Record<Line['phase'], Line>> {
  const opening = openLine<string>(LINE_AGENT);
  const registering = play(opening, said(REGISTER)).line;
  const serving = play(registering, heard({ kind: 'registered', frame: 'registered' })).line;
  const stopping = { kind: 'close_planned', reason: 'gateway_stopping' } as const;
  return {
    opening,
    registering,
    serving,
    settling: play(serving, heard(OFFER), stopping).line,
    closed: play(serving, { kind: 'ended' }).line,
  };
}
