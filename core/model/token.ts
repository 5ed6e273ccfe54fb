import { LkpsError } from '../errors.ts';
import type { AgentName, JobIdentity, ParticipantIdentity, RoomName, TokenId } from './names.ts';

declare const ttl: unique symbol;
/** Milliseconds a token lives: whole seconds, at least one, at most an hour. */
export type TokenTtlMs = number & { readonly [ttl]: true };

const MAX_TOKEN_TTL_SECONDS = 3600;

export function parseTokenTtlSeconds(seconds: number): TokenTtlMs {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_TOKEN_TTL_SECONDS) {
    throw new LkpsError('invalid_request', `a token lives 1 to ${MAX_TOKEN_TTL_SECONDS} seconds`);
  }
  return (seconds * 1000) as TokenTtlMs;
}

/** LiveKit's video grant, cut down to what the platform ever gives: the type cannot say `roomAdmin`. */
export type Grants = AgentGrants | ParticipantGrants | JobGrants;

export interface AgentGrants {
  readonly agent: true;
  readonly canPublish: true;
  readonly canSubscribe: true;
  readonly canPublishData: true;
}

export const AGENT_GRANTS: AgentGrants = {
  agent: true,
  canPublish: true,
  canSubscribe: true,
  canPublishData: true,
};

/** In LiveKit's own words. */
export const TRACK_SOURCES = ['camera', 'microphone', 'screen_share', 'screen_share_audio'] as const;
export type TrackSource = (typeof TRACK_SOURCES)[number];

export interface ParticipantGrants {
  readonly roomJoin: true;
  readonly room: RoomName;
  readonly canPublish: boolean;
  /** Never empty, which at LiveKit means all of them; absent means the same. */
  readonly canPublishSources?: readonly TrackSource[];
  readonly canSubscribe: boolean;
  readonly canPublishData: boolean;
  readonly canUpdateOwnMetadata: false;
}

/** What an agent may do in the room of one job. Never `agent`: that would open LiveKit's worker endpoint. */
export interface JobGrants {
  readonly roomJoin: true;
  readonly room: RoomName;
  readonly canPublish: boolean;
  /** Never empty; absent means all of them. */
  readonly canPublishSources?: readonly TrackSource[];
  readonly canSubscribe: boolean;
  readonly canPublishData: boolean;
  /** So that it can tell its state. */
  readonly canUpdateOwnMetadata: boolean;
}

/** Everything a token says; only the signature is missing. */
export interface TokenSpec {
  readonly subject: AgentName | ParticipantIdentity | JobIdentity;
  /** Others in the room see it as an agent; absent for everybody else. */
  readonly kind?: 'agent';
  readonly grants: Grants;
  /** Participant attributes: the platform's own (`lkps.*`), and what the caller asked for. Empty for an agent. */
  readonly attributes: Readonly<Record<string, string>>;
  /** What others in the room see of a participant; absent where nobody asked for it. */
  readonly name?: string;
  readonly metadata?: string;
  readonly tokenId: TokenId;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export interface IssuedToken {
  readonly jwt: string;
  /** Which key signed it: its id, never the key. */
  readonly signingKeyId: string;
}
