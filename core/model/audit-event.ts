import type { AuthorizationEvidence } from '../policy/client-authorization.ts';
import type {
  AgentName,
  AgentRef,
  EventId,
  RequestId,
  RoomName,
  RoomSid,
  SessionId,
  TokenId,
} from './names.ts';
import type { Principal } from './principal.ts';
import type { Grants } from './token.ts';

/** Written on every row, so that a reader of old rows knows what their fields meant. */
export const AUDIT_SCHEMA_VERSION = 2;

export type AuditEventType =
  | 'service.started'
  | 'agent.registered'
  | 'agent.registration_denied'
  | 'agent.revoked'
  | 'agent.restored'
  | 'client.blocked'
  | 'client.unblocked'
  | 'session.requested'
  | 'session.granted'
  | 'session.denied'
  | 'session.failed'
  | 'session.transition'
  | 'session.agent_presence'
  | 'session.ended_by_operator'
  | 'webhook.rejected'
  | 'worker.admitted'
  | 'worker.refused'
  | 'worker.closed'
  | 'worker.job_relayed'
  | 'worker.job_withheld'
  | 'worker.message_refused';

export type AuditOutcome = 'allowed' | 'denied' | 'error';

/** A token as it was issued; never the token itself. */
export interface TokenEvidence {
  readonly grants: Grants;
  readonly tokenId: TokenId;
  readonly expiresAt: Date;
  readonly signingKeyId: string;
}

/** One security-relevant act. Who did it, what came of it, and everything needed to find it again. */
export interface AuditEvent extends AuditFacts {
  readonly eventId: EventId;
  readonly occurredAt: Date;
  readonly type: AuditEventType;
  readonly outcome: AuditOutcome;
  readonly region: string;
}

export interface AuditFacts {
  /** snake_case code; why it was denied or failed. */
  readonly reason?: string;
  readonly actor?: Principal;
  readonly agent?: AgentName;
  readonly sessionId?: SessionId;
  readonly room?: RoomName;
  readonly roomSid?: RoomSid;
  readonly token?: TokenEvidence;
  readonly authorization?: AuthorizationEvidence;
  /** What only this type of event has, as flat snake_case values; never personal data. */
  readonly details?: Readonly<Record<string, string>>;
  readonly requestId?: RequestId;
  readonly sourceIp?: string;
  readonly userAgent?: string;
}

/** An event as it is read back: a user is a keyed hash, and e-mail and name are not there. */
export interface AuditRecord extends Omit<AuditEvent, 'actor' | 'agent'> {
  readonly agent?: AgentRef;
  readonly actor?: {
    readonly kind: Principal['kind'];
    readonly clientId: Principal['clientId'];
    readonly userRef?: string;
  };
}
