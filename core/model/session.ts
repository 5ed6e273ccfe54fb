import type {
  AgentName,
  ClientId,
  ParticipantIdentity,
  RequestId,
  RoomName,
  RoomSid,
  SessionId,
} from './names.ts';
import type { Principal } from './principal.ts';

/** What is fixed when a session is asked for, before anything happens at LiveKit. */
export interface SessionIntent {
  readonly sessionId: SessionId;
  readonly room: RoomName;
  readonly agent: AgentName;
  readonly agentClientId: ClientId;
  readonly caller: Principal;
  readonly identity: ParticipantIdentity;
  readonly requestId: RequestId;
  readonly requestedAt: Date;
}

/** One life of a room at LiveKit: a room re-created under its name is another life, with another sid. */
export interface RoomLife {
  readonly sid: RoomSid;
  readonly creationTimeMs: number;
}

/** `identity` and `agentName` as LiveKit reports them: unknown strings that may match the session's or not. */
export interface SeenParticipant {
  readonly sid: string;
  readonly identity: string;
  /** `lk.agent_name`, only where LiveKit says that the participant is an agent; empty where it does not say which. */
  readonly agentName?: string;
}

/**
 * Something that happened to a session. Facts arrive in any order, some twice, some never; `factId` is what makes one
 * the same as another (LiveKit's event id, or the name of the session's own step).
 */
export type SessionFact = RoomFact | ParticipantFact | GrantFact | FailureFact | CutFact;

interface Fact<Kind extends string> {
  readonly factId: string;
  readonly kind: Kind;
  /** When this service learnt of it; nothing is ever ordered by it. */
  readonly at: Date;
}

/** `room_created` is CreateRoom's answer, the others are LiveKit's events. */
export interface RoomFact extends Fact<'room_created' | 'room_started' | 'room_finished'> {
  readonly life: RoomLife;
}

export interface ParticipantFact extends Fact<
  'participant_joined' | 'participant_left' | 'participant_connection_aborted'
> {
  readonly life: RoomLife;
  readonly participant: SeenParticipant;
  readonly disconnectReason?: string;
}

export type GrantFact = Fact<'token_granted'>;

export interface FailureFact extends Fact<'start_failed'> {
  readonly reason: string;
}

/** The platform itself ended the session. */
export interface CutFact extends Fact<'session_cut'> {
  readonly reason: CutReason;
}

/** In order of rank: a session's state is the highest its facts speak for, and never goes back. */
export const SESSION_STATES = ['starting', 'created', 'active', 'ended', 'failed'] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** In order of rank: whatever the room's own end says, a cut is why it ended. */
export const END_REASONS = ['nobody_came', 'completed', 'reconciled', 'limit', 'revoked'] as const;
export type EndReason = (typeof END_REASONS)[number];
export type CutReason = Extract<EndReason, 'reconciled' | 'limit' | 'revoked'>;
export type AgentPresence = 'pending' | 'joined' | 'left';

/** What a session's facts come to. */
export interface SessionStatus {
  readonly state: SessionState;
  readonly roomSid?: RoomSid;
  readonly endReason?: EndReason;
  readonly agentPresence: AgentPresence;
}

export interface Session extends SessionStatus {
  readonly intent: SessionIntent;
}

/** Nothing can bring it back: its room is closed, or was never handed out. */
export function isOver({ state }: Pick<Session, 'state'>): boolean {
  return state === 'ended' || state === 'failed';
}

/** For those who select by state: in every other one a session {@link isOver}. */
export const OPEN_STATES: readonly SessionState[] = SESSION_STATES.filter((state) => !isOver({ state }));
