import { randomBytes, randomUUID } from 'node:crypto';
import {
  parseEventId,
  parseObjectId,
  parseRoomName,
  parseSessionId,
  type AuditEvent,
  type EventId,
  type ObjectId,
  type SessionId,
  type SessionIntent,
} from '../../core/index.ts';

/*
 * fast-check loves to repeat ids and shrinks towards zeros; a store that outlives one run of a property must not meet the
 * same session or event twice. So properties draw what happens, and take the ids from here.
 */

let sequence = 0;

/** UUID v7 of `at`, never given out twice; of ids with the same time the later one sorts later. */
export function freshEventId(at: Date): EventId {
  sequence += 1;
  const time = at.getTime().toString(16).padStart(12, '0');
  const order = sequence.toString(16).padStart(11, '0');
  const hex = `${time}7${order.slice(0, 3)}8${order.slice(3, 6)}${order.slice(6)}${randomBytes(4).toString('hex').slice(1)}`;
  return parseEventId(
    [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-'),
  );
}

/** The same session under ids of its own. */
export function asNewSession(intent: SessionIntent): SessionIntent {
  const hex = randomBytes(16).toString('hex');
  return { ...intent, sessionId: freshSessionId(), room: parseRoomName(`s-${hex}`) };
}

export function freshSessionId(): SessionId {
  return parseSessionId(randomUUID());
}

export function freshUserId(): ObjectId {
  return parseObjectId(randomUUID());
}

/** The same events under ids of their own, in the order of those ids, as the journal hands them to a store. */
export function asNewEvents(
  events: readonly AuditEvent[],
  facts: Pick<AuditEvent, 'sessionId'> = {},
): readonly AuditEvent[] {
  return events
    .map((event) => ({ ...event, ...facts, eventId: freshEventId(event.occurredAt) }))
    .sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
}
