import { isReservedAttribute } from '../model/seat-wishes.ts';
import type { WorkerLine } from '../model/worker-line.ts';
import type { JobSeat, WorkerAnswer } from '../model/worker-message.ts';
import { findJobId, withOffer, withoutOffer } from './worker-open-offers.ts';
import { decline, stepTo, type LineStep } from './worker-step.ts';

/** In characters, as JavaScript counts them. */
const MAX = { name: 256, metadata: 4096, attributes: 64, attributeText: 8192 };

/** A yes goes on record before LiveKit hears it; it says nothing of who the agent is, only how it is shown. */
export function answer<Frame>(line: WorkerLine<Frame>, message: WorkerAnswer): LineStep<Frame> {
  const { permissions } = line;
  const jobId = findJobId(message.jobId);
  const offer = jobId && line.offers.get(jobId);
  if (jobId === undefined || offer?.stage !== 'asked' || permissions === undefined) {
    return stepTo(line, { kind: 'dropped', reason: 'answer_without_offer' });
  }
  if (!message.available) {
    return stepTo(withoutOffer(line, jobId), decline(jobId));
  }
  const seat = seatOf(message);
  if (isTooLarge(seat)) {
    const refused = { kind: 'refused', reason: 'seat_too_large' } as const;
    return stepTo(withoutOffer(line, jobId), refused, decline(jobId));
  }
  const { room } = offer;
  return stepTo(withOffer(line, jobId, { stage: 'recording', room, seat }), {
    kind: 'record',
    jobId,
    room,
    seat,
    permissions,
  });
}

function seatOf(message: WorkerAnswer): JobSeat {
  const own = [...message.participantAttributes].filter(([key]) => !isReservedAttribute(key));
  return {
    name: message.participantName,
    metadata: message.participantMetadata,
    attributes: Object.fromEntries(own),
  };
}

function isTooLarge({ name, metadata, attributes }: JobSeat): boolean {
  const entries = Object.entries(attributes);
  const text = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  return (
    name.length > MAX.name ||
    metadata.length > MAX.metadata ||
    entries.length > MAX.attributes ||
    text > MAX.attributeText
  );
}
