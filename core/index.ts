export { LkpsError, type LkpsErrorCode, type RequestIssue } from './errors.ts';
export type { Agent } from './model/agent.ts';
export {
  AUDIT_SCHEMA_VERSION,
  type AuditEvent,
  type AuditEventType,
  type AuditFacts,
  type AuditOutcome,
  type AuditRecord,
  type TokenEvidence,
} from './model/audit-event.ts';
export {
  agentNameOf,
  isGuid,
  isRequestId,
  isRoomName,
  isRoomSid,
  parseAgentName,
  parseClientId,
  parseEventId,
  parseObjectId,
  parseParticipantIdentity,
  parseRequestId,
  parseRoomName,
  parseRoomSid,
  parseSessionId,
  parseTokenId,
  roomNameOf,
  type AgentName,
  type ClientId,
  type EventId,
  type ObjectId,
  type ParticipantIdentity,
  type RequestId,
  type RoomName,
  type RoomSid,
  type SessionId,
  type TokenId,
} from './model/names.ts';
export { participantIdentityOf, type Principal } from './model/principal.ts';
export type { RequestContext } from './model/request-context.ts';
export {
  SESSION_STATES,
  type AgentPresence,
  type EndReason,
  type ParticipantFact,
  type RoomLife,
  type SeenParticipant,
  type Session,
  type SessionFact,
  type SessionIntent,
  type SessionState,
  type SessionStatus,
} from './model/session.ts';
export {
  parseTokenTtlSeconds,
  type Grants,
  type IssuedToken,
  type TokenSpec,
  type TokenTtlMs,
} from './model/token.ts';
export {
  classifyCaller,
  mayBeApplication,
  type ApplicationEvidence,
  type CallerClaims,
} from './policy/caller-kind.ts';
export {
  authorizeClient,
  type AuthorizationDecision,
  type AuthorizationEvidence,
} from './policy/client-authorization.ts';
export { readEntraClaims, type ClaimRejection, type EntraTrust } from './policy/entra-claims.ts';
export { foldSession } from './policy/session-fold.ts';
export { agentToken, participantToken, type SessionSeat, type TokenTime } from './policy/token-policy.ts';
export type { AgentStore } from './ports/agent-store.ts';
export type { AccessTokenVerifier, TokenVerification } from './ports/access-token-verifier.ts';
export type { ApplicationDirectory, PreAuthorization } from './ports/application-directory.ts';
export type { AuditStore } from './ports/audit-store.ts';
export type { Clock } from './ports/clock.ts';
export type { HealthProbe } from './ports/health-probe.ts';
export type { Identification, IdentitySource } from './ports/identity-source.ts';
export type { Ids } from './ports/ids.ts';
export type { RoomDispatcher, RoomRequest } from './ports/room-dispatcher.ts';
export type { DescribeChange, SessionKey, SessionStore } from './ports/session-store.ts';
export type { TokenIssuer } from './ports/token-issuer.ts';
export type {
  LiveKitEvent,
  SignedWebhook,
  WebhookVerification,
  WebhookVerifier,
} from './ports/webhook-verifier.ts';
export { AuditJournal } from './use-cases/audit-journal.ts';
export { AuthenticateCaller, type AuthenticateCallerInput } from './use-cases/authenticate-caller.ts';
export { CheckHealth, type HealthCheckName, type HealthReport } from './use-cases/check-health.ts';
export { HandleWebhook, type HandleWebhookInput, type WebhookOutcome } from './use-cases/handle-webhook.ts';
export { RegisterAgent, type RegisterAgentInput, type RegisteredAgent } from './use-cases/register-agent.ts';
export { StartSession, type StartSessionInput, type StartedSession } from './use-cases/start-session.ts';
