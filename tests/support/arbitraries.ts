import fc from 'fast-check';
import {
  agentIdentity,
  agentNameOf,
  parseClientId,
  parseObjectId,
  parseRequestId,
  parseRoomName,
  parseRoomSid,
  parseSessionId,
  parseTokenId,
  participantIdentityOf,
  type Agent,
  type AgentName,
  type AuditEvent,
  type AuditEventType,
  type AuthorizationEvidence,
  type ClientId,
  type ObjectId,
  type Principal,
  type RequestId,
  type RoomName,
  type RoomSid,
  type SessionId,
  type SessionIntent,
  type TokenEvidence,
} from '../../core/index.ts';
import { freshEventId } from './fresh-ids.ts';

/** An invariant that holds for everything an arbitrary yields. A failure prints seed and path: keep it as a test. */
export function holds<T>(
  inputs: fc.Arbitrary<T>,
  law: (input: T) => Promise<void>,
  parameters: fc.Parameters<[T]> = {},
): Promise<void> {
  return fc.assert(fc.asyncProperty(inputs, law), parameters);
}

/** Millisecond instants around the years the platform lives in. */
export const instants: fc.Arbitrary<Date> = fc.date({
  min: new Date('2025-01-01T00:00:00.000Z'),
  max: new Date('2035-01-01T00:00:00.000Z'),
  noInvalidDate: true,
});

export const clientIds: fc.Arbitrary<ClientId> = fc.uuid().map(parseClientId);
export const objectIds: fc.Arbitrary<ObjectId> = fc.uuid().map(parseObjectId);
export const sessionIds: fc.Arbitrary<SessionId> = fc.uuid().map(parseSessionId);
/** Of an application, or of one user: an object id that is equal to no other id drawn. */
export const agentNames: fc.Arbitrary<AgentName> = fc
  .tuple(clientIds, fc.option(fc.noBias(objectIds), { nil: undefined }))
  .map(([clientId, userId]) => agentNameOf(clientId, userId));
export const roomNames: fc.Arbitrary<RoomName> = fc.uuid().map((uuid) => roomNameFrom(uuid));
export const roomSids: fc.Arbitrary<RoomSid> = fc.stringMatching(/^RM_[A-Za-z0-9]{12}$/).map(parseRoomSid);
export const requestIds: fc.Arbitrary<RequestId> = fc
  .stringMatching(/^[A-Za-z0-9._-]{1,64}$/)
  .map(parseRequestId);

/** Well-formed text of any script: what every store keeps as it is. */
export const plainText: fc.Arbitrary<string> = fc
  .string({ unit: 'grapheme', maxLength: 60 })
  .map((text) => text.replaceAll('\0', ''));

/** Anything that can arrive in a header or a webhook: NUL, lone surrogates, control characters, far too much of it. */
export const outsideText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) }),
  fc.string({ unit: fc.constantFrom('\0', '\uD800', '\uDFFF', '\u202E', '\n', "'", '\\', '😀', 'a') }),
  plainText,
  fc.integer({ min: 1_000, max: 20_000 }).map((length) => '😀'.repeat(length)),
);

/** Planted personal data: never equal to anything else, so that finding it anywhere proves a leak. */
export const emails: fc.Arbitrary<string> = fc.uuid().map((uuid) => `canary-${uuid}@example.test`);
export const displayNames: fc.Arbitrary<string> = fc.uuid().map((uuid) => `Canary ${uuid} Ünï`);

export const users: fc.Arbitrary<Extract<Principal, { kind: 'user' }>> = fc.record(
  {
    kind: fc.constant('user' as const),
    clientId: clientIds,
    userId: objectIds,
    email: emails,
    displayName: displayNames,
  },
  { requiredKeys: ['kind', 'clientId'] },
);
export const applications: fc.Arbitrary<Principal> = fc.record({
  kind: fc.constant('application' as const),
  clientId: clientIds,
});
export const principals: fc.Arbitrary<Principal> = fc.oneof(applications, users);

export const agents: fc.Arbitrary<Agent> = fc
  .record({
    clientId: clientIds,
    userId: fc.option(objectIds, { nil: undefined }),
    clientAuthorization: fc.constantFrom('required', 'open'),
    registeredAt: instants,
    ttlSeconds: fc.integer({ min: 1, max: 3600 }),
  })
  .map(({ clientId, userId, clientAuthorization, registeredAt, ttlSeconds }) => ({
    ...agentIdentity(clientId, userId),
    clientAuthorization,
    registeredAt,
    expiresAt: new Date(registeredAt.getTime() + ttlSeconds * 1000),
  }));

/** A session that somebody with an identity asked for. */
export const sessionIntents: fc.Arbitrary<SessionIntent> = fc
  .record({
    sessionId: sessionIds,
    room: roomNames,
    agentClientId: clientIds,
    caller: principals,
    requestId: requestIds,
    requestedAt: instants,
  })
  .map((drawn) => ({ ...drawn, identity: participantIdentityOf(drawn.caller) }))
  .filter((drawn): drawn is typeof drawn & Pick<SessionIntent, 'identity'> => drawn.identity !== undefined)
  .map((drawn) => ({ ...drawn, agent: agentNameOf(drawn.agentClientId) }));

const EVENT_TYPES: readonly AuditEventType[] = [
  'service.started',
  'agent.registered',
  'agent.registration_denied',
  'agent.revoked',
  'agent.restored',
  'client.blocked',
  'client.unblocked',
  'session.requested',
  'session.granted',
  'session.denied',
  'session.failed',
  'session.transition',
  'session.agent_presence',
  'session.ended_by_operator',
  'webhook.rejected',
];

const tokenEvidence: fc.Arbitrary<TokenEvidence> = fc.record({
  grants: fc.oneof(
    fc.constant({ agent: true, canPublish: true, canSubscribe: true, canPublishData: true } as const),
    fc.record({
      roomJoin: fc.constant(true as const),
      room: roomNames,
      canPublish: fc.boolean(),
      canSubscribe: fc.boolean(),
      canPublishData: fc.boolean(),
      canUpdateOwnMetadata: fc.constant(false as const),
    }),
  ),
  tokenId: fc.uuid().map(parseTokenId),
  expiresAt: instants,
  signingKeyId: fc.stringMatching(/^[A-Za-z0-9_-]{1,32}$/),
});

const authorizations: fc.Arbitrary<AuthorizationEvidence> = fc.record(
  {
    mode: fc.constant('always' as const),
    rule: fc.constantFrom('self', 'pre_authorized', 'not_pre_authorized', 'agent_not_in_directory'),
    source: fc.constantFrom('file', 'memory'),
    fetchedAt: instants,
  },
  { requiredKeys: ['mode', 'rule'] },
);

/** Events as any use case could write them; `text` is what came from outside. */
export function auditEventsWith(text: fc.Arbitrary<string>): fc.Arbitrary<AuditEvent> {
  return fc
    .record(
      {
        occurredAt: instants,
        type: fc.constantFrom(...EVENT_TYPES),
        outcome: fc.constantFrom('allowed', 'denied', 'error'),
        region: fc.constantFrom('eu', 'us-east-1'),
        reason: text,
        actor: principals,
        agent: agentNames,
        sessionId: sessionIds,
        room: roomNames,
        roomSid: roomSids,
        token: tokenEvidence,
        authorization: authorizations,
        details: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/), text, { maxKeys: 4 }),
        requestId: requestIds,
        sourceIp: fc.oneof(fc.ipV4(), fc.ipV6(), text),
        userAgent: text,
      },
      { requiredKeys: ['occurredAt', 'type', 'outcome', 'region'] },
    )
    .map((event) => ({ ...event, eventId: freshEventId(event.occurredAt) }));
}

export const auditEvents: fc.Arbitrary<AuditEvent> = auditEventsWith(plainText);

function roomNameFrom(uuid: string): RoomName {
  return parseRoomName(`s-${uuid.replaceAll('-', '')}`);
}
