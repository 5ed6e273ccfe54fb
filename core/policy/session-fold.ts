import type { RoomSid } from '../model/names.ts';
import {
  END_REASONS,
  SESSION_STATES,
  type AgentPresence,
  type CutFact,
  type EndReason,
  type ParticipantFact,
  type RoomFact,
  type RoomLife,
  type SessionFact,
  type SessionIntent,
  type SessionState,
  type SessionStatus,
} from '../model/session.ts';

type Expected = Pick<SessionIntent, 'identity' | 'agent'>;

/**
 * The state of a session as a function of the *set* of its facts: order, duplication and interleaving change nothing.
 *
 * Facts about another life of the room are ignored. Nothing is ordered by `createdAt`, which LiveKit gives in whole
 * seconds only.
 */
export function foldSession(expected: Expected, facts: Iterable<SessionFact>): SessionStatus {
  const all = [...facts];
  const ruling = rulingLife(all);
  const relevant = all.filter((fact) => !hasLife(fact) || fact.life.sid === ruling?.sid);
  const state = highest(relevant.map((fact) => impliedState(expected, relevant, fact)));
  return {
    state,
    ...(ruling === undefined ? {} : { roomSid: ruling.sid }),
    ...(state === 'ended' ? { endReason: endReason(expected, relevant) } : {}),
    agentPresence: agentPresence(expected, relevant),
  };
}

/** The room CreateRoom answered with; without an answer, the earliest life seen. */
function rulingLife(facts: readonly SessionFact[]): RoomLife | undefined {
  const aboutRooms = facts.filter(hasLife);
  const answered = aboutRooms.filter((fact) => fact.kind === 'room_created');
  return earliest(answered.map(lifeOf)) ?? earliest(aboutRooms.map(lifeOf));
}

function hasLife(fact: SessionFact): fact is RoomFact | ParticipantFact {
  return 'life' in fact;
}

function lifeOf(fact: RoomFact | ParticipantFact): RoomLife {
  return fact.life;
}

function earliest(lives: readonly RoomLife[]): RoomLife | undefined {
  return lives.reduce<RoomLife | undefined>(
    (a, b) => (a === undefined || isEarlier(b, a) ? b : a),
    undefined,
  );
}

function isEarlier(a: RoomLife, b: RoomLife): boolean {
  return (
    a.creationTimeMs < b.creationTimeMs || (a.creationTimeMs === b.creationTimeMs && isBefore(a.sid, b.sid))
  );
}

function isBefore(a: RoomSid, b: RoomSid): boolean {
  return a < b;
}

function impliedState(expected: Expected, facts: readonly SessionFact[], fact: SessionFact): SessionState {
  switch (fact.kind) {
    case 'start_failed':
      return facts.some((other) => other.kind === 'token_granted') ? 'starting' : 'failed';
    case 'room_finished':
    case 'session_cut':
      return 'ended';
    case 'participant_joined':
    case 'participant_left': // LiveKit reports it only of one who had joined: it stands in for a lost join
      return isCaller(expected, fact) ? 'active' : 'created';
    case 'participant_connection_aborted':
    case 'room_created':
    case 'room_started':
      return 'created';
    case 'token_granted':
      return 'starting';
  }
}

function highest(states: readonly SessionState[]): SessionState {
  return states.reduce((a, b) => (SESSION_STATES.indexOf(b) > SESSION_STATES.indexOf(a) ? b : a), 'starting');
}

/** A cut outranks what LiveKit then says of the room: closing the room is how a session is cut. */
function endReason(expected: Expected, facts: readonly SessionFact[]): EndReason {
  const participantCame = facts.some((fact) => impliedState(expected, facts, fact) === 'active');
  return facts
    .filter(isCut)
    .map(({ reason }): EndReason => reason)
    .reduce(
      (a, b) => (END_REASONS.indexOf(b) > END_REASONS.indexOf(a) ? b : a),
      participantCame ? 'completed' : 'nobody_came',
    );
}

function isCut(fact: SessionFact): fact is CutFact {
  return fact.kind === 'session_cut';
}

/** Agents come and go by participant sid: only a life that joined and has not left is there. */
function agentPresence(expected: Expected, facts: readonly SessionFact[]): AgentPresence {
  const joined = new Set(facts.filter(isJoin).filter(isAgentOf(expected)).map(participantSid));
  const left = new Set(facts.filter(isLeave).filter(isAgentOf(expected)).map(participantSid));
  if ([...joined].some((sid) => !left.has(sid))) {
    return 'joined';
  }
  return joined.size > 0 || left.size > 0 ? 'left' : 'pending';
}

function isJoin(fact: SessionFact): fact is ParticipantFact {
  return fact.kind === 'participant_joined';
}

function isLeave(fact: SessionFact): fact is ParticipantFact {
  return fact.kind === 'participant_left';
}

/** By identity; but agents choose theirs themselves, and one that chose the caller's is not the caller. */
function isCaller(expected: Expected, { participant }: ParticipantFact): boolean {
  return participant.identity === expected.identity && participant.agentName === undefined;
}

function isAgentOf(expected: Expected): (fact: ParticipantFact) => boolean {
  return ({ participant }) =>
    participant.agentName === expected.agent && participant.identity !== expected.identity;
}

function participantSid(fact: ParticipantFact): string {
  return fact.participant.sid;
}
