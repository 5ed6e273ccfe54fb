import type {
  AgentName,
  ParticipantIdentity,
  RequestId,
  RoomName,
  SessionId,
  TokenId,
} from '../model/names.ts';
import type { Principal } from '../model/principal.ts';
import type { TokenSpec, TokenTtlMs } from '../model/token.ts';

export interface TokenTime {
  readonly tokenId: TokenId;
  readonly issuedAt: Date;
  readonly ttlMs: TokenTtlMs;
}

/** What an agent receives: its own name and the right to be dispatched. No room, no join, no admin. */
export function agentToken(agent: AgentName, time: TokenTime): TokenSpec {
  return {
    subject: agent,
    grants: { agent: true, canPublish: true, canSubscribe: true, canPublishData: true },
    attributes: {},
    ...lifetime(time),
  };
}

export interface SessionSeat {
  readonly sessionId: SessionId;
  readonly room: RoomName;
  readonly identity: ParticipantIdentity;
  readonly caller: Principal;
  readonly requestId: RequestId;
}

/** What a participant receives: one room, one identity. The attributes let the agent know who it talks to. */
export function participantToken(seat: SessionSeat, time: TokenTime): TokenSpec {
  return {
    subject: seat.identity,
    grants: {
      roomJoin: true,
      room: seat.room,
      canPublish: true,
      canSubscribe: true,
      canPublishData: true,
      canUpdateOwnMetadata: false,
    },
    attributes: seatAttributes(seat),
    ...lifetime(time),
  };
}

function seatAttributes(seat: SessionSeat): Readonly<Record<string, string>> {
  const user = seat.caller.kind === 'user' ? seat.caller.userId : undefined;
  return {
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
