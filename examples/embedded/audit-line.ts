import { createHmac } from 'node:crypto';
import type { AuditEvent, AuditRecord } from '@livekit-platform/service/core';

const INSTANTS: ReadonlySet<string> = new Set(['occurredAt', 'expiresAt', 'fetchedAt']);

/** An event as it may be kept: in place of the user a keyed hash, and neither e-mail address nor name. */
export function toRecord({ actor, ...event }: AuditEvent, subjectKey: Uint8Array): AuditRecord {
  if (actor === undefined) {
    return event;
  }
  const { kind, clientId } = actor;
  const userId = actor.kind === 'user' ? actor.userId : undefined;
  const user = userId && { userRef: createHmac('sha256', subjectKey).update(userId).digest('hex') };
  return { ...event, actor: { kind, clientId, ...user } };
}

/** The records of one append. A line is complete or not there, and so are they. */
export function toLine(records: readonly AuditRecord[]): string {
  return JSON.stringify(records);
}

/** Only for lines that {@link toLine} wrote: their form is not checked again. */
export function parseLine(line: string): readonly AuditRecord[] {
  return JSON.parse(line, (key, value: unknown) =>
    INSTANTS.has(key) && typeof value === 'string' ? new Date(value) : value,
  ) as readonly AuditRecord[];
}
