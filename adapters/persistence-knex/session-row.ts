import {
  parseAgentName,
  parseClientId,
  parseObjectId,
  parseParticipantIdentity,
  parseRequestId,
  parseRoomName,
  parseRoomSid,
  parseSessionId,
  type AgentPresence,
  type EndReason,
  type Principal,
  type Session,
  type SessionIntent,
  type SessionState,
  type SessionStatus,
} from '../../core/index.ts';

/** A row of `sessions` as knex reads it. */
export interface SessionRow extends StatusRow {
  readonly session_id: string;
  readonly room_name: string;
  readonly agent_name: string;
  readonly agent_client_id: string;
  readonly caller_kind: string;
  readonly caller_client_id: string;
  readonly caller_user_id: string | null;
  readonly participant_identity: string;
  readonly request_id: string;
  readonly requested_at: Date;
}

interface StatusRow {
  readonly state: string;
  readonly room_sid: string | null;
  readonly end_reason: string | null;
  readonly agent_presence: string;
}

/** The caller's e-mail and name are not kept with the session. */
export function toSessionRow({ intent, ...status }: Session): SessionRow {
  const { caller } = intent;
  return {
    session_id: intent.sessionId,
    room_name: intent.room,
    agent_name: intent.agent,
    agent_client_id: intent.agentClientId,
    caller_kind: caller.kind,
    caller_client_id: caller.clientId,
    caller_user_id: caller.kind === 'user' ? (caller.userId ?? null) : null,
    participant_identity: intent.identity,
    request_id: intent.requestId,
    requested_at: intent.requestedAt,
    ...toStatusRow(status),
  };
}

export function toStatusRow(status: SessionStatus): StatusRow {
  return {
    state: status.state,
    room_sid: status.roomSid ?? null,
    end_reason: status.endReason ?? null,
    agent_presence: status.agentPresence,
  };
}

/** The session that a row holds; the row was written by {@link toSessionRow}, so its closed words are known ones. */
export function parseSession(row: SessionRow): Session {
  return {
    intent: parseIntent(row),
    state: row.state as SessionState,
    ...(row.room_sid === null ? {} : { roomSid: parseRoomSid(row.room_sid) }),
    ...(row.end_reason === null ? {} : { endReason: row.end_reason as EndReason }),
    agentPresence: row.agent_presence as AgentPresence,
  };
}

function parseIntent(row: SessionRow): SessionIntent {
  return {
    sessionId: parseSessionId(row.session_id),
    room: parseRoomName(row.room_name),
    agent: parseAgentName(row.agent_name),
    agentClientId: parseClientId(row.agent_client_id),
    caller: parseCaller(row),
    identity: parseParticipantIdentity(row.participant_identity),
    requestId: parseRequestId(row.request_id),
    requestedAt: row.requested_at,
  };
}

function parseCaller(row: SessionRow): Principal {
  const clientId = parseClientId(row.caller_client_id);
  if (row.caller_kind === 'application') {
    return { kind: 'application', clientId };
  }
  return {
    kind: 'user',
    clientId,
    ...(row.caller_user_id === null ? {} : { userId: parseObjectId(row.caller_user_id) }),
  };
}
