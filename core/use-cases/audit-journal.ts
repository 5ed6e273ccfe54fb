import type { AuditEvent, AuditEventType, AuditFacts, AuditOutcome } from '../model/audit-event.ts';
import type { OperatorNote } from '../model/cut-off.ts';
import type { RequestContext } from '../model/request-context.ts';
import type { Session, SessionIntent } from '../model/session.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';

/** Words acts as audit events: id, time and region are the same matter for all of them. */
export class AuditJournal {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #region: string;

  constructor({ clock, ids, region }: { readonly clock: Clock; readonly ids: Ids; readonly region: string }) {
    this.#clock = clock;
    this.#ids = ids;
    this.#region = region;
  }

  event(type: AuditEventType, outcome: AuditOutcome, facts: AuditFacts = {}): AuditEvent {
    const occurredAt = this.#clock.now();
    return {
      eventId: this.#ids.eventId(occurredAt),
      occurredAt,
      type,
      outcome,
      region: this.#region,
      ...facts,
    };
  }

  /** What changed for a session: its state, and apart from that whether its agent is there. */
  transitions(before: Session, after: Session, facts: AuditFacts = {}): readonly AuditEvent[] {
    const about = { ...sessionFacts(after.intent), ...facts, ...sidOf(after) };
    const events: AuditEvent[] = [];
    if (before.state !== after.state || before.endReason !== after.endReason) {
      const details = { from: before.state, to: after.state, ...endReasonOf(after) };
      events.push(this.event('session.transition', 'allowed', { ...about, details }));
    }
    if (before.agentPresence !== after.agentPresence) {
      const details = { from: before.agentPresence, to: after.agentPresence };
      events.push(this.event('session.agent_presence', 'allowed', { ...about, details }));
    }
    return events;
  }
}

export function contextFacts(context: RequestContext): AuditFacts {
  return {
    requestId: context.requestId,
    ...(context.sourceIp === undefined ? {} : { sourceIp: context.sourceIp }),
    ...(context.userAgent === undefined ? {} : { userAgent: context.userAgent }),
  };
}

/** A session's later events carry the request that asked for it, so that one id leads through its whole life. */
export function sessionFacts(intent: SessionIntent): AuditFacts {
  return {
    actor: intent.caller,
    agent: intent.agent,
    sessionId: intent.sessionId,
    room: intent.room,
    requestId: intent.requestId,
  };
}

/** Who acted without a request: never a name, which would stay on record for ever. */
export function operatorDetails(note: OperatorNote | undefined): {
  readonly by: string;
  readonly note?: string;
} {
  return { by: 'operator', ...(note === undefined ? {} : { note }) };
}

function sidOf({ roomSid }: Session): AuditFacts {
  return roomSid === undefined ? {} : { roomSid };
}

function endReasonOf({ endReason }: Session): { readonly end_reason?: string } {
  return endReason === undefined ? {} : { end_reason: endReason };
}
