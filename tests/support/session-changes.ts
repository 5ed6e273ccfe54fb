import type { AuditEvent, Session, SessionIntent, SessionStatus } from '../../core/index.ts';
import { freshEventId } from './fresh-ids.ts';

/** As a store gives it back: without the caller's e-mail and name. */
export function impersonal(intent: SessionIntent): SessionIntent {
  const { kind, clientId } = intent.caller;
  const userId = intent.caller.kind === 'user' ? intent.caller.userId : undefined;
  const caller = kind === 'user' && userId !== undefined ? { kind, clientId, userId } : { kind, clientId };
  return { ...intent, caller };
}

/** Its id is taken when the change is described, so that the order of ids is the order of changes. */
export function changeEvent({ sessionId }: SessionIntent, before: Session, after: Session): AuditEvent {
  const occurredAt = new Date('2026-05-05T05:05:05.005Z');
  return {
    eventId: freshEventId(occurredAt),
    occurredAt,
    type: 'session.transition',
    outcome: 'allowed',
    region: 'eu',
    sessionId,
    details: { from: statusText(before), to: statusText(after) },
  };
}

export function statusText({ state, roomSid, endReason, agentPresence }: SessionStatus): string {
  return [state, roomSid, endReason, agentPresence].join(' ');
}
