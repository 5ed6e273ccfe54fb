import type { AuditRecord, Session, SessionFact, SessionIntent } from '../../core/index.ts';
import type { Records } from './operator.ts';
import { table, utc } from './table.ts';

/*
 * Sessions as an operator sees them: a user is the reference that audit rows carry, also in the name of a personal
 * agent. No object id, and so no participant identity; no address, no user agent.
 */

export interface DescribedSession {
  readonly session_id: string;
  readonly state: string;
  readonly end_reason?: string;
  readonly agent_presence: string;
  readonly agent: string;
  readonly client_id: string;
  readonly user_ref?: string;
  readonly room: string;
  readonly room_sid?: string;
  readonly request_id: string;
  readonly requested_at: Date;
}

export interface DescribedFact {
  readonly is: 'fact';
  readonly at: Date;
  readonly kind: string;
  readonly who?: 'caller' | 'agent' | 'another';
  readonly room_sid?: string;
  readonly reason?: string;
}

export interface DescribedRecord {
  readonly is: 'audit';
  readonly at: Date;
  readonly event_id: string;
  readonly type: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly user_ref?: string;
  readonly token_id?: string;
  readonly details?: Readonly<Record<string, string>>;
}

export function describeSession(
  { intent, state, endReason, agentPresence, roomSid }: Session,
  { userRefOf, agentRefOf }: Pick<Records, 'userRefOf' | 'agentRefOf'>,
): DescribedSession {
  const userRef = userRefOf(intent.caller);
  return {
    session_id: intent.sessionId,
    state,
    ...(endReason && { end_reason: endReason }),
    agent_presence: agentPresence,
    agent: agentRefOf(intent.agent),
    client_id: intent.caller.clientId,
    ...(userRef && { user_ref: userRef }),
    room: intent.room,
    ...(roomSid && { room_sid: roomSid }),
    request_id: intent.requestId,
    requested_at: intent.requestedAt,
  };
}

export function describeFact(fact: SessionFact, intent: SessionIntent): DescribedFact {
  const base = { is: 'fact', at: fact.at, kind: fact.kind } as const;
  switch (fact.kind) {
    case 'room_created':
    case 'room_started':
    case 'room_finished':
      return { ...base, room_sid: fact.life.sid };
    case 'participant_joined':
    case 'participant_left':
    case 'participant_connection_aborted':
      return {
        ...base,
        who: whoIs(fact.participant, intent),
        room_sid: fact.life.sid,
        ...(fact.disconnectReason && { reason: fact.disconnectReason }),
      };
    case 'start_failed':
    case 'session_cut':
      return { ...base, reason: fact.reason };
    case 'token_granted':
      return base;
  }
}

export function describeRecord(record: AuditRecord): DescribedRecord {
  const { eventId, occurredAt, type, outcome, reason, actor, token, details } = record;
  return {
    is: 'audit',
    at: occurredAt,
    event_id: eventId,
    type,
    outcome,
    ...(reason && { reason }),
    ...(actor?.userRef && { user_ref: actor.userRef }),
    ...(token && { token_id: token.tokenId }),
    ...(details && { details }),
  };
}

export function sessionText(shown: {
  readonly session: DescribedSession;
  readonly facts: readonly DescribedFact[];
  readonly trail: readonly DescribedRecord[];
}): string {
  const summary = Object.entries(shown.session).map(([name, value]) => {
    return `${name.padEnd(14)}  ${value instanceof Date ? utc(value) : String(value)}\n`;
  });
  const facts = shown.facts.map(({ at, kind, who, reason }) => [utc(at), kind, who ?? '', reason ?? '']);
  const trail = shown.trail.map(({ at, type, outcome, reason, details }) => [
    utc(at),
    type,
    outcome,
    [reason ?? '', ...wordsOf(details)].filter((word) => word !== '').join(' '),
  ]);
  return [
    ...summary,
    '\n',
    table(['LEARNT (UTC)', 'FACT', 'WHO', 'REASON'], facts),
    '\n',
    table(['ON RECORD (UTC)', 'TYPE', 'OUTCOME', 'REASON, DETAILS'], trail, Infinity),
  ].join('');
}

/** By name, and last what an operator wrote. */
function wordsOf({ note, ...details }: Readonly<Record<string, string>> = {}): readonly string[] {
  const words = Object.entries(details).map(([name, value]) => `${name}=${value}`);
  return [...words.sort(), ...(note === undefined ? [] : [`note=${note}`])];
}

function whoIs(
  seen: { readonly identity: string; readonly agentName?: string },
  intent: SessionIntent,
): NonNullable<DescribedFact['who']> {
  if (seen.agentName !== undefined) {
    return seen.agentName === intent.agent ? 'agent' : 'another';
  }
  return seen.identity === intent.identity ? 'caller' : 'another';
}
