import type { LineEvent, WorkerLine } from '../model/worker-line.ts';
import type { ServerMessage } from '../model/worker-message.ts';
import { findJobId, withOffer, withoutOffer } from './worker-open-offers.ts';
import { decline, stepTo, tell, type LineStep } from './worker-step.ts';

type ServerSaid<Frame, Kind> = Extract<ServerMessage<Frame>, { readonly kind: Kind }>;
type Happened<Kind> = Extract<LineEvent<unknown>, { readonly kind: Kind }>;

/** The worker sees nothing of it before it is known to be its agent's. */
export function offer<Frame>(
  line: WorkerLine<Frame>,
  { jobId: raw, room, agentName, frame }: ServerSaid<Frame, 'offer'>,
): LineStep<Frame> {
  const jobId = findJobId(raw);
  if (jobId !== undefined && line.offers.has(jobId)) {
    return stepTo(line);
  }
  if (line.phase !== 'serving') {
    return stepTo(line, decline(raw));
  }
  if (jobId === undefined) {
    return withhold(line, { jobId: raw, room, reason: 'job_id_unknown' });
  }
  if (room === '') {
    return withhold(line, { jobId: raw, room, reason: 'room_unknown' });
  }
  if (agentName !== line.agent) {
    return withhold(line, { jobId: raw, room, reason: 'job_of_another_agent' });
  }
  return stepTo(withOffer(line, jobId, { stage: 'judging', room, frame }), { kind: 'judge', jobId, room });
}

export function judged<Frame>(
  line: WorkerLine<Frame>,
  { jobId, verdict }: Happened<'offer_judged'>,
): LineStep<Frame> {
  const offered = line.offers.get(jobId);
  if (offered?.stage !== 'judging') {
    return stepTo(line);
  }
  const { room, frame } = offered;
  if (verdict.outcome === 'withheld') {
    return withhold(withoutOffer(line, jobId), { jobId, room, reason: verdict.reason });
  }
  return stepTo(withOffer(line, jobId, { stage: 'asked', room }), { kind: 'tell_worker', frame });
}

export function recorded<Frame>(
  line: WorkerLine<Frame>,
  { jobId, token }: Happened<'acceptance_recorded'>,
): LineStep<Frame> {
  const offered = line.offers.get(jobId);
  if (offered?.stage !== 'recording') {
    return stepTo(line);
  }
  const { room, seat } = offered;
  const accepted = { stage: 'accepted', room, token } as const;
  return stepTo(withOffer(line, jobId, accepted), tell({ kind: 'accept', jobId, seat }));
}

export function notRecorded<Frame>(
  line: WorkerLine<Frame>,
  { jobId, reason }: Happened<'acceptance_failed'>,
): LineStep<Frame> {
  const offered = line.offers.get(jobId);
  return offered?.stage === 'recording'
    ? withhold(withoutOffer(line, jobId), { jobId, room: offered.room, reason })
    : stepTo(line);
}

/** The worker gets the job only with the token that is on record. */
export function assign<Frame>(
  line: WorkerLine<Frame>,
  { jobId: raw, frame }: ServerSaid<Frame, 'assignment'>,
): LineStep<Frame> {
  const jobId = findJobId(raw);
  const offered = jobId && line.offers.get(jobId);
  if (jobId === undefined || offered?.stage !== 'accepted') {
    const reason = 'assignment_without_record';
    return stepTo(line, { kind: 'withheld', jobId: raw, room: offered?.room, reason });
  }
  const { token } = offered;
  const assigned = { ...withoutOffer(line, jobId), jobs: new Set(line.jobs).add(jobId) };
  return stepTo(assigned, { kind: 'assign', frame, token });
}

/** LiveKit waits no longer: a no while it still hears one, and then nothing is kept of the job. */
export function overdue<Frame>(
  line: WorkerLine<Frame>,
  { jobId, missing }: Happened<'offer_overdue'>,
): LineStep<Frame> {
  const offered = line.offers.get(jobId);
  if (offered === undefined) {
    return stepTo(line);
  }
  const { stage, room } = offered;
  const isAnswered = stage === 'recording' || stage === 'accepted';
  if (missing === 'answer') {
    return isAnswered
      ? stepTo(line)
      : withhold(withoutOffer(line, jobId), { jobId, room, reason: 'no_answer' });
  }
  return stepTo(withoutOffer(line, jobId), ...(stage === 'recording' ? [decline(jobId)] : []));
}

/** On record, and left to the next worker. */
function withhold<Frame>(
  line: WorkerLine<Frame>,
  { jobId, room, reason }: { readonly jobId: string; readonly room: string; readonly reason: string },
): LineStep<Frame> {
  const where = room === '' ? undefined : room;
  return stepTo(line, { kind: 'withheld', jobId, room: where, reason }, decline(jobId));
}
