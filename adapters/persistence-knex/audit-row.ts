import {
  AUDIT_SCHEMA_VERSION,
  agentRefOf,
  parseAgentRef,
  parseClientId,
  parseEventId,
  parseRequestId,
  parseRoomName,
  parseRoomSid,
  parseSessionId,
  parseTokenId,
  type AuditEvent,
  type AuditRecord,
  type AuthorizationEvidence,
  type Grants,
  type Principal,
  type TokenEvidence,
} from '../../core/index.ts';
import { storableText } from './storable-text.ts';
import { subjectRef, type SubjectKey } from './subject-ref.ts';

/** A row of `audit_events` as knex reads it, apart from `row_hash` and `tx_id`. */
export interface AuditRow {
  readonly event_id: string;
  readonly occurred_at: Date;
  readonly schema_version: number;
  readonly type: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly actor_kind: string | null;
  readonly actor_client_id: string | null;
  readonly actor_user_ref: string | null;
  readonly agent_name: string | null;
  readonly session_id: string | null;
  readonly room_name: string | null;
  readonly room_sid: string | null;
  readonly grants: Readonly<Record<string, unknown>> | null;
  readonly token_id: string | null;
  readonly token_expires_at: Date | null;
  readonly signing_key_id: string | null;
  readonly authorization_evidence: Readonly<Record<string, unknown>> | null;
  readonly details: Readonly<Record<string, string>> | null;
  readonly request_id: string | null;
  readonly source_ip: string | null;
  readonly user_agent: string | null;
  readonly region: string;
}

/** A user goes in as a keyed hash of the object id, also in the name of a personal agent; e-mail and name stay out (see {@link insertAuditEvents}). */
export function toAuditRow(event: AuditEvent, subjectKey: SubjectKey): AuditRow {
  const { actor, token } = event;
  const userId = actor?.kind === 'user' ? actor.userId : undefined;
  return {
    event_id: event.eventId,
    occurred_at: event.occurredAt,
    schema_version: AUDIT_SCHEMA_VERSION,
    type: event.type,
    outcome: event.outcome,
    reason: textOrNull(event.reason),
    actor_kind: actor?.kind ?? null,
    actor_client_id: actor?.clientId ?? null,
    actor_user_ref: userId === undefined ? null : subjectRef(subjectKey, userId),
    agent_name:
      event.agent === undefined ? null : agentRefOf(event.agent, (user) => subjectRef(subjectKey, user)),
    session_id: event.sessionId ?? null,
    room_name: event.room ?? null,
    room_sid: event.roomSid ?? null,
    grants: token === undefined ? null : { ...token.grants },
    token_id: token?.tokenId ?? null,
    token_expires_at: token?.expiresAt ?? null,
    signing_key_id: textOrNull(token?.signingKeyId),
    authorization_evidence: event.authorization === undefined ? null : authorizationJson(event.authorization),
    details: event.details === undefined ? null : storableDetails(event.details),
    request_id: event.requestId ?? null,
    source_ip: textOrNull(event.sourceIp),
    user_agent: textOrNull(event.userAgent),
    region: storableText(event.region),
  };
}

/** The record that a row holds; the row was written by {@link toAuditRow}, so its closed words are known ones. */
export function parseAuditRecord(row: AuditRow): AuditRecord {
  const actor = parseActor(row);
  const token = parseToken(row);
  return {
    eventId: parseEventId(row.event_id),
    occurredAt: row.occurred_at,
    type: row.type as AuditRecord['type'],
    outcome: row.outcome as AuditRecord['outcome'],
    region: row.region,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(actor === undefined ? {} : { actor }),
    ...(row.agent_name === null ? {} : { agent: parseAgentRef(row.agent_name) }),
    ...(row.session_id === null ? {} : { sessionId: parseSessionId(row.session_id) }),
    ...(row.room_name === null ? {} : { room: parseRoomName(row.room_name) }),
    ...(row.room_sid === null ? {} : { roomSid: parseRoomSid(row.room_sid) }),
    ...(token === undefined ? {} : { token }),
    ...(row.authorization_evidence === null
      ? {}
      : { authorization: parseAuthorization(row.authorization_evidence) }),
    ...(row.details === null ? {} : { details: row.details }),
    ...(row.request_id === null ? {} : { requestId: parseRequestId(row.request_id) }),
    ...(row.source_ip === null ? {} : { sourceIp: row.source_ip }),
    ...(row.user_agent === null ? {} : { userAgent: row.user_agent }),
  };
}

function parseActor(row: AuditRow): AuditRecord['actor'] {
  if (row.actor_kind === null || row.actor_client_id === null) {
    return undefined;
  }
  return {
    kind: row.actor_kind as Principal['kind'],
    clientId: parseClientId(row.actor_client_id),
    ...(row.actor_user_ref === null ? {} : { userRef: row.actor_user_ref }),
  };
}

function parseToken(row: AuditRow): TokenEvidence | undefined {
  if (
    row.grants === null ||
    row.token_id === null ||
    row.token_expires_at === null ||
    row.signing_key_id === null
  ) {
    return undefined;
  }
  return {
    grants: row.grants as unknown as Grants,
    tokenId: parseTokenId(row.token_id),
    expiresAt: row.token_expires_at,
    signingKeyId: row.signing_key_id,
  };
}

function authorizationJson({ fetchedAt, ...evidence }: AuthorizationEvidence): Record<string, string> {
  return { ...evidence, ...(fetchedAt === undefined ? {} : { fetched_at: fetchedAt.toISOString() }) };
}

function parseAuthorization({
  fetched_at: fetchedAt,
  ...evidence
}: Record<string, unknown>): AuthorizationEvidence {
  return {
    ...(evidence as unknown as AuthorizationEvidence),
    ...(typeof fetchedAt === 'string' ? { fetchedAt: new Date(fetchedAt) } : {}),
  };
}

function storableDetails(details: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [storableText(name), storableText(value)]),
  );
}

function textOrNull(raw: string | undefined): string | null {
  return raw === undefined ? null : storableText(raw);
}
