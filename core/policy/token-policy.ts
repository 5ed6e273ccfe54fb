import {
  jobIdentityOf,
  type AgentName,
  type JobId,
  type ParticipantIdentity,
  type RequestId,
  type RoomName,
  type SessionId,
  type TokenId,
} from '../model/names.ts';
import type { Principal } from '../model/principal.ts';
import { isReservedAttribute, type SeatPermissions, type SeatWishes } from '../model/seat-wishes.ts';
import {
  AGENT_GRANTS,
  TRACK_SOURCES,
  type ParticipantGrants,
  type TokenSpec,
  type TokenTtlMs,
} from '../model/token.ts';
import type { JobSeat, WorkerPermissions } from '../model/worker-message.ts';

export interface TokenTime {
  readonly tokenId: TokenId;
  readonly issuedAt: Date;
  readonly ttlMs: TokenTtlMs;
}

/** What an agent receives: its own name and the right to be dispatched. No room, no join, no admin. */
export function agentToken(agent: AgentName, time: TokenTime): TokenSpec {
  return {
    subject: agent,
    grants: AGENT_GRANTS,
    attributes: {},
    ...lifetime(time),
  };
}

export interface SessionSeat extends SeatWishes {
  readonly sessionId: SessionId;
  readonly room: RoomName;
  readonly identity: ParticipantIdentity;
  readonly caller: Principal;
  readonly requestId: RequestId;
}

/**
 * What a participant receives: one room, one identity, and of the rights there no more than it asked for. The `lkps.*`
 * attributes let the agent know who it talks to.
 */
export function participantToken(seat: SessionSeat, time: TokenTime): TokenSpec {
  return {
    subject: seat.identity,
    grants: {
      roomJoin: true,
      room: seat.room,
      ...publishing(seat.permissions),
      canSubscribe: seat.permissions?.canSubscribe !== false,
      canPublishData: seat.permissions?.canPublishData !== false,
      canUpdateOwnMetadata: false,
    },
    attributes: seatAttributes(seat),
    ...(isSaid(seat.name) ? { name: seat.name } : {}),
    ...(isSaid(seat.metadata) ? { metadata: seat.metadata } : {}),
    ...lifetime(time),
  };
}

export interface AgentJob {
  readonly jobId: JobId;
  readonly room: RoomName;
  readonly agent: AgentName;
  readonly seat: JobSeat;
  readonly permissions: WorkerPermissions;
}

/**
 * What an agent joins the room of one job with, in place of LiveKit's own job token. That one also opens LiveKit's worker
 * endpoint; this one opens nothing but the room.
 */
export function jobToken(job: AgentJob, time: TokenTime): TokenSpec {
  const { permissions, seat } = job;
  const attributes = Object.entries(seat.attributes).filter(([key]) => !isReservedAttribute(key));
  return {
    subject: jobIdentityOf(job.jobId),
    kind: 'agent',
    grants: {
      roomJoin: true,
      room: job.room,
      ...publishing(permissions),
      canSubscribe: permissions.canSubscribe,
      canPublishData: permissions.canPublishData,
      canUpdateOwnMetadata: permissions.canUpdateMetadata,
    },
    // As LiveKit names an agent to everybody in the room, and to its webhooks.
    attributes: { ...Object.fromEntries(attributes), 'lk.agent_name': job.agent, 'lk.agent.name': job.agent },
    ...(isSaid(seat.name) ? { name: seat.name } : {}),
    ...(isSaid(seat.metadata) ? { metadata: seat.metadata } : {}),
    ...lifetime(time),
  };
}

/** What of publishing is left of these wishes. An empty list of sources means all of them at LiveKit, so it must never get there. */
export function publishing(
  wishes: SeatPermissions = {},
): Pick<ParticipantGrants, 'canPublish' | 'canPublishSources'> {
  const { canPublish, canPublishSources: asked } = wishes;
  const sources = asked && TRACK_SOURCES.filter((source) => asked.includes(source));
  if (canPublish === false || sources?.length === 0) {
    return { canPublish: false };
  }
  return { canPublish: true, ...(sources === undefined ? {} : { canPublishSources: sources }) };
}

/** To LiveKit an empty text is none. */
function isSaid(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

function seatAttributes(seat: SessionSeat): Readonly<Record<string, string>> {
  const user = seat.caller.kind === 'user' ? seat.caller.userId : undefined;
  const wished = Object.entries(seat.attributes ?? {}).filter(([key]) => !isReservedAttribute(key));
  return {
    ...Object.fromEntries(wished),
    'lkps.session_id': seat.sessionId,
    'lkps.client_id': seat.caller.clientId,
    ...(user === undefined ? {} : { 'lkps.user_id': user }),
    'lkps.request_id': seat.requestId,
  };
}

/** In whole seconds, as a JWT counts them: rounding never makes a token outlive its TTL. */
function lifetime(time: TokenTime): Pick<TokenSpec, 'tokenId' | 'issuedAt' | 'expiresAt'> {
  const issuedAtMs = Math.floor(time.issuedAt.getTime() / 1000) * 1000;
  return {
    tokenId: time.tokenId,
    issuedAt: new Date(issuedAtMs),
    expiresAt: new Date(issuedAtMs + time.ttlMs),
  };
}
