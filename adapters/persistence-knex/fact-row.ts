import { createHash } from 'node:crypto';
import {
  parseRoomSid,
  type RoomLife,
  type CutReason,
  type SeenParticipant,
  type SessionFact,
  type SessionId,
} from '../../core/index.ts';
import { storableText } from './storable-text.ts';

const MAX_FACT_ID_LENGTH = 200;

/** A row of `session_facts` as knex reads it. */
export interface FactRow {
  readonly session_id: string;
  readonly fact_id: string;
  readonly kind: string;
  readonly observed_at: Date;
  readonly room_sid: string | null;
  /** A bigint, which `pg` gives as a string. */
  readonly room_created_ms: string | null;
  readonly participant_sid: string | null;
  readonly participant_identity: string | null;
  readonly participant_agent_name: string | null;
  readonly disconnect_reason: string | null;
  readonly failure_reason: string | null;
  readonly cut_reason: string | null;
}

const NOTHING_MORE = {
  room_sid: null,
  room_created_ms: null,
  participant_sid: null,
  participant_identity: null,
  participant_agent_name: null,
  disconnect_reason: null,
  failure_reason: null,
  cut_reason: null,
};

export function toFactRow(sessionId: SessionId, fact: SessionFact): FactRow {
  const row = {
    ...NOTHING_MORE,
    session_id: sessionId,
    fact_id: storableFactId(fact.factId),
    kind: fact.kind,
    observed_at: fact.at,
  };
  switch (fact.kind) {
    case 'room_created':
    case 'room_started':
    case 'room_finished':
      return { ...row, ...lifeColumns(fact.life) };
    case 'participant_joined':
    case 'participant_left':
    case 'participant_connection_aborted':
      return {
        ...row,
        ...lifeColumns(fact.life),
        ...participantColumns(fact.participant),
        disconnect_reason: fact.disconnectReason === undefined ? null : storableText(fact.disconnectReason),
      };
    case 'token_granted':
      return row;
    case 'start_failed':
      return { ...row, failure_reason: storableText(fact.reason) };
    case 'session_cut':
      return { ...row, cut_reason: fact.reason };
  }
}

/** The fact that a row holds; the row was written by {@link toFactRow}, so its kind says which columns are there. */
export function parseFact(row: FactRow): SessionFact {
  const kind = row.kind as SessionFact['kind'];
  const base = { factId: row.fact_id, at: row.observed_at };
  switch (kind) {
    case 'room_created':
    case 'room_started':
    case 'room_finished':
      return { ...base, kind, life: parseLife(row) };
    case 'participant_joined':
    case 'participant_left':
    case 'participant_connection_aborted':
      return {
        ...base,
        kind,
        life: parseLife(row),
        participant: parseParticipant(row),
        ...(row.disconnect_reason === null ? {} : { disconnectReason: row.disconnect_reason }),
      };
    case 'token_granted':
      return { ...base, kind };
    case 'start_failed':
      return { ...base, kind, reason: row.failure_reason ?? '' };
    case 'session_cut':
      return { ...base, kind, reason: row.cut_reason as CutReason };
  }
}

/** An id is what makes two facts the same, so one that is too long for an index is not cut but hashed. */
function storableFactId(factId: string): string {
  return factId.length <= MAX_FACT_ID_LENGTH
    ? storableText(factId)
    : `sha256:${createHash('sha256').update(factId).digest('hex')}`;
}

function lifeColumns(life: RoomLife): Pick<FactRow, 'room_sid' | 'room_created_ms'> {
  return { room_sid: life.sid, room_created_ms: String(life.creationTimeMs) };
}

function parseLife(row: FactRow): RoomLife {
  return { sid: parseRoomSid(row.room_sid ?? ''), creationTimeMs: Number(row.room_created_ms) };
}

function participantColumns(
  seen: SeenParticipant,
): Pick<FactRow, 'participant_sid' | 'participant_identity' | 'participant_agent_name'> {
  return {
    participant_sid: storableText(seen.sid),
    participant_identity: storableText(seen.identity),
    participant_agent_name: seen.agentName === undefined ? null : storableText(seen.agentName),
  };
}

function parseParticipant(row: FactRow): SeenParticipant {
  return {
    sid: row.participant_sid ?? '',
    identity: row.participant_identity ?? '',
    ...(row.participant_agent_name === null ? {} : { agentName: row.participant_agent_name }),
  };
}
