import { LkpsError } from '../errors.ts';

/*
 * Every identifier that grants something has a type of its own. A string becomes one only through its parser, so a
 * value of the type is known to be well-formed wherever it is met.
 */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** An Entra application (client) id: a GUID in lower case. */
export type ClientId = Branded<'ClientId'>;
/** The object id of a user or a service principal in Entra: a GUID in lower case. */
export type ObjectId = Branded<'ObjectId'>;
/** The name LiveKit dispatches an agent by: the client id that registered it; for a user's own `<client id>.<user id>`. */
export type AgentName = Branded<'AgentName'>;
/** What audit records call an agent: its name, of a personal one with its user's reference in place of the object id. */
export type AgentRef = Branded<'AgentRef'>;
export type SessionId = Branded<'SessionId'>;
/** `s-` and 128 random bits in hex; never reused. */
export type RoomName = Branded<'RoomName'>;
/** LiveKit's id of one life of a room (`RM_...`). */
export type RoomSid = Branded<'RoomSid'>;
/** `user-<object id>` or `app-<client id>`. */
export type ParticipantIdentity = Branded<'ParticipantIdentity'>;
/** Correlates a request across components (`x-request-id`). */
export type RequestId = Branded<'RequestId'>;
/** A token's `jti`. */
export type TokenId = Branded<'TokenId'>;
/** One worker's connection to a gateway, for as long as it lasts. */
export type ConnectionId = Branded<'ConnectionId'>;
/** One process that runs a gateway. */
export type GatewayId = Branded<'GatewayId'>;
/** LiveKit's id of one job of an agent (`AJ_...`). */
export type JobId = Branded<'JobId'>;
/** `agent-<job id>`: who an agent is in the room of a job. */
export type JobIdentity = Branded<'JobIdentity'>;
/** UUID v7: its order is the order of time. */
export type EventId = Branded<'EventId'>;

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const AGENT_NAME = new RegExp(`${GUID.source.slice(0, -1)}(?:\\.${GUID.source.slice(1, -1)})?$`);
const AGENT_REF = new RegExp(`${AGENT_NAME.source}|${GUID.source.slice(0, -1)}\\.[0-9a-f]{64}$`);
const ROOM_NAME = /^s-[0-9a-f]{32}$/;
const ROOM_SID = /^RM_[A-Za-z0-9_-]{1,64}$/;
const JOB_ID = /^AJ_[A-Za-z0-9_-]{1,64}$/;
const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
const PARTICIPANT_IDENTITY = new RegExp(`^(?:user|app)-${GUID.source.slice(1)}`);

/** Strict form, any case; what it names is case-insensitive in Entra, so it is kept in lower case. */
export function isGuid(raw: string): boolean {
  return GUID.test(raw.toLowerCase());
}

export function parseClientId(raw: string): ClientId {
  return matching(GUID, raw.toLowerCase(), 'an application id (GUID)') as ClientId;
}

export function parseObjectId(raw: string): ObjectId {
  return matching(GUID, raw.toLowerCase(), 'an object id (GUID)') as ObjectId;
}

export function parseSessionId(raw: string): SessionId {
  return matching(GUID, raw, 'a session id (UUID)') as SessionId;
}

export function parseEventId(raw: string): EventId {
  return matching(GUID, raw, 'an event id (UUID)') as EventId;
}

export function parseTokenId(raw: string): TokenId {
  return matching(GUID, raw, 'a token id (UUID)') as TokenId;
}

export function parseConnectionId(raw: string): ConnectionId {
  return matching(GUID, raw, 'a connection id (UUID)') as ConnectionId;
}

export function parseGatewayId(raw: string): GatewayId {
  return matching(GUID, raw, 'a gateway id (UUID)') as GatewayId;
}

export function isJobId(raw: string): boolean {
  return JOB_ID.test(raw);
}

export function parseJobId(raw: string): JobId {
  return matching(JOB_ID, raw, 'a job id') as JobId;
}

export function jobIdentityOf(job: JobId): JobIdentity {
  return `agent-${job}` as JobIdentity;
}

export function parseAgentName(raw: string): AgentName {
  return matching(AGENT_NAME, raw, 'an agent name') as AgentName;
}

/** Also a name as it is, which records of schema version 1 hold. */
export function parseAgentRef(raw: string): AgentRef {
  return matching(AGENT_REF, raw, 'a reference to an agent') as AgentRef;
}

export function parseRoomName(raw: string): RoomName {
  return matching(ROOM_NAME, raw, 'a room name of this platform') as RoomName;
}

export function isRoomName(raw: string): boolean {
  return ROOM_NAME.test(raw);
}

export function parseRoomSid(raw: string): RoomSid {
  return matching(ROOM_SID, raw, 'a room sid') as RoomSid;
}

export function isRoomSid(raw: string): boolean {
  return ROOM_SID.test(raw);
}

export function parseRequestId(raw: string): RequestId {
  return matching(REQUEST_ID, raw, 'a request id') as RequestId;
}

export function isRequestId(raw: string): boolean {
  return REQUEST_ID.test(raw);
}

export function parseParticipantIdentity(raw: string): ParticipantIdentity {
  return matching(PARTICIPANT_IDENTITY, raw, 'a participant identity') as ParticipantIdentity;
}

export function roomNameOf(randomHex: string): RoomName {
  return parseRoomName(`s-${randomHex}`);
}

/**
 * An agent is an Entra application: the id that registered it is the name it is dispatched by. A personal agent is that
 * application in the hands of one user.
 */
export function agentNameOf(client: ClientId, user?: ObjectId): AgentName {
  return parseAgentName(user === undefined ? client : `${client}.${user}`);
}

/** Who an agent's name stands for: an application, or one user's agent of it. */
export function ownerOf(agent: AgentName): { readonly clientId: ClientId; readonly userId?: ObjectId } {
  const [client = '', user] = agent.split('.');
  return {
    clientId: parseClientId(client),
    ...(user === undefined ? {} : { userId: parseObjectId(user) }),
  };
}

/** @param userRefOf How the trail refers to a user: 64 hexadecimal digits. */
export function agentRefOf(agent: AgentName, userRefOf: (user: ObjectId) => string): AgentRef {
  const { clientId, userId } = ownerOf(agent);
  return parseAgentRef(userId === undefined ? clientId : `${clientId}.${userRefOf(userId)}`);
}

function matching(pattern: RegExp, value: string, what: string): string {
  if (!pattern.test(value)) {
    throw new LkpsError('invalid_request', `not ${what}`);
  }
  return value;
}
