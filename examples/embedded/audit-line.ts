import { createHmac } from 'node:crypto';
import { agentRefOf, type AuditEvent, type AuditRecord, type ObjectId } from '@livekit-platform/service/core';

const INSTANTS: ReadonlySet<string> = new Set(['occurredAt', 'expiresAt', 'fetchedAt']);

/** How every line begins: {@link toRecord} puts the id first. */
const BEGINNING = '[{"eventId":"';

/** An event as it may be kept: in place of a user a keyed hash, and neither e-mail address nor name. */
export function toRecord(
  { eventId, actor, agent, ...facts }: AuditEvent,
  subjectKey: Uint8Array,
): AuditRecord {
  const userRefOf = (user: ObjectId): string => createHmac('sha256', subjectKey).update(user).digest('hex');
  const event = { eventId, ...facts, ...(agent && { agent: agentRefOf(agent, userRefOf) }) };
  if (actor === undefined) {
    return event;
  }
  const { kind, clientId } = actor;
  const userId = actor.kind === 'user' ? actor.userId : undefined;
  return { ...event, actor: { kind, clientId, ...(userId && { userRef: userRefOf(userId) }) } };
}

/** The records of one append. A line is complete or not there, and so are they. */
export function toLine(records: readonly AuditRecord[]): string {
  return JSON.stringify(records);
}

/** Whether a text that ended too early may be of a line. */
export function isBeginningOfLine(text: string): boolean {
  return text.startsWith(BEGINNING) || BEGINNING.startsWith(text);
}

/** The records of a line that {@link toLine} wrote; undefined for any other text, of which no error tells. */
export function findRecords(line: string): readonly AuditRecord[] | undefined {
  if (!line.startsWith(BEGINNING)) {
    return undefined;
  }
  try {
    const records = JSON.parse(line, withInstants) as readonly unknown[];
    return records.every(isRecord) ? records : undefined;
  } catch {
    return undefined;
  }
}

function withInstants(key: string, value: unknown): unknown {
  return INSTANTS.has(key) && typeof value === 'string' ? new Date(value) : value;
}

/** By what tells one record from another; the rest of its form is not checked again. */
function isRecord(value: unknown): value is AuditRecord {
  return (
    value instanceof Object &&
    'eventId' in value &&
    typeof value.eventId === 'string' &&
    'occurredAt' in value &&
    value.occurredAt instanceof Date &&
    !Number.isNaN(value.occurredAt.getTime())
  );
}
