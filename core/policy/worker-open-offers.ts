import { isJobId, parseJobId, type JobId } from '../model/names.ts';
import type { Offer, WorkerLine } from '../model/worker-line.ts';

/** Undefined where it is none of LiveKit's making. */
export function findJobId(raw: string): JobId | undefined {
  return isJobId(raw) ? parseJobId(raw) : undefined;
}

export function withOffer<Frame>(
  line: WorkerLine<Frame>,
  jobId: JobId,
  offer: Offer<Frame>,
): WorkerLine<Frame> {
  return { ...line, offers: new Map(line.offers).set(jobId, offer) };
}

export function withoutOffer<Frame>(line: WorkerLine<Frame>, jobId: JobId): WorkerLine<Frame> {
  const offers = new Map(line.offers);
  offers.delete(jobId);
  return { ...line, offers };
}
