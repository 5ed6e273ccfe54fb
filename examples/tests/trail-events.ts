import fc from 'fast-check';
import type { AuditEvent } from '../../core/index.ts';
import { auditEvents } from '../../tests/support/arbitraries.ts';
import { asNewEvents, freshSessionId } from '../../tests/support/fresh-ids.ts';
import { JsonlAuditStore } from '../embedded/jsonl-audit-store.ts';
import { SUBJECT_KEY, type TrailFixture } from './embedded-subjects.ts';

/** What all events of a test file are about. */
export const session = freshSessionId();

export function newEvents(count: number): readonly AuditEvent[] {
  return asNewEvents(fc.sample(auditEvents, count), { sessionId: session });
}

/** In the order of time. */
export function idsOf(events: readonly AuditEvent[]): readonly string[] {
  return events.map(({ eventId }) => eventId).sort();
}

/** Of the events a trail shows once it was closed and opened again. */
export async function idsAfterReopening({ trail, path }: TrailFixture): Promise<readonly string[]> {
  await trail.close();
  const again = await JsonlAuditStore.open(path, SUBJECT_KEY);
  const ids = (await again.listBySession(session)).map(({ eventId }) => eventId);
  await again.close();
  return ids;
}
