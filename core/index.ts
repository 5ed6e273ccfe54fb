export { LkpsError, type LkpsErrorCode, type RequestIssue } from './errors.ts';
export {
  agentIdentity,
  supersedes,
  type Agent,
  type AgentRules,
  type ClientAuthorization,
} from './model/agent.ts';
export {
  AUDIT_SCHEMA_VERSION,
  type AuditEvent,
  type AuditEventType,
  type AuditFacts,
  type AuditOutcome,
  type AuditRecord,
  type TokenEvidence,
} from './model/audit-event.ts';
export { parseOperatorNote, type CutOff, type OperatorNote } from './model/cut-off.ts';
export {
  agentNameOf,
  agentRefOf,
  isJobId,
  isGuid,
  isRequestId,
  isRoomName,
  isRoomSid,
  jobIdentityOf,
  ownerOf,
  parseAgentName,
  parseAgentRef,
  parseClientId,
  parseConnectionId,
  parseEventId,
  parseGatewayId,
  parseJobId,
  parseObjectId,
  parseParticipantIdentity,
  parseRequestId,
  parseRoomName,
  parseRoomSid,
  parseSessionId,
  parseTokenId,
  roomNameOf,
  type AgentName,
  type AgentRef,
  type ClientId,
  type ConnectionId,
  type EventId,
  type GatewayId,
  type JobId,
  type JobIdentity,
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
export { isReservedAttribute, type SeatPermissions, type SeatWishes } from './model/seat-wishes.ts';
export {
  END_REASONS,
  isOver,
  OPEN_STATES,
  SESSION_STATES,
  type AgentPresence,
  type CutReason,
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
  AGENT_GRANTS,
  parseTokenTtlSeconds,
  TRACK_SOURCES,
  type Grants,
  type IssuedToken,
  type JobGrants,
  type TokenSpec,
  type TokenTtlMs,
  type TrackSource,
} from './model/token.ts';
export type { WorkerConnection, WorkerDue, WorkerPass } from './model/worker.ts';
export type {
  DroppedMessage,
  LineEffect,
  LineEvent,
  Offer,
  OfferVerdict,
  PlannedClose,
  WorkerLine,
  WorkerOffence,
} from './model/worker-line.ts';
export type {
  JobSeat,
  JobUpdate,
  ServerMessage,
  WorkerAnswer,
  WorkerCapacity,
  WorkerMessage,
  WorkerPermissions,
  WorkerRegister,
  WorkerReport,
  WorkerStatusReport,
} from './model/worker-message.ts';
export {
  classifyCaller,
  mayBeApplication,
  type ApplicationEvidence,
  type CallerClaims,
} from './policy/caller-kind.ts';
export {
  authorizeAlone,
  authorizeByDirectory,
  type Approach,
  type AuthorizationDecision,
  type AuthorizationEvidence,
} from './policy/client-authorization.ts';
export {
  readEntraClaims,
  type ClaimRejection,
  type EntraCaller,
  type EntraTrust,
} from './policy/entra-claims.ts';
export { foldSession } from './policy/session-fold.ts';
export { openLine, step } from './policy/worker-line.ts';
export {
  agentToken,
  jobToken,
  participantToken,
  type AgentJob,
  type SessionSeat,
  type TokenTime,
} from './policy/token-policy.ts';
export { identifyVerified } from './policy/verified-caller.ts';
export type { AgentStore, KnownAgent } from './ports/agent-store.ts';
export type { AgentTokenVerification, AgentTokenVerifier } from './ports/agent-token-verifier.ts';
export type { AccessTokenVerifier, TokenVerification } from './ports/access-token-verifier.ts';
export type { ApplicationDirectory, PreAuthorization } from './ports/application-directory.ts';
export type { AuditStore } from './ports/audit-store.ts';
export type { Clock } from './ports/clock.ts';
export type { CutOffStore } from './ports/cut-off-store.ts';
export type { HealthProbe } from './ports/health-probe.ts';
export type { Identification, IdentitySource } from './ports/identity-source.ts';
export type { Ids } from './ports/ids.ts';
export { UNLIMITED, type RateDecision, type RateLimit, type RateLimiter } from './ports/rate-limiter.ts';
export type {
  AgentSelection,
  BlockedClient,
  ListedAgent,
  OperatorView,
  SessionSelection,
} from './ports/operator-view.ts';
export type { RoomDispatcher, RoomRequest } from './ports/room-dispatcher.ts';
export type {
  DescribeChange,
  GrantRefusal,
  OpenLimit,
  SessionKey,
  SessionStore,
} from './ports/session-store.ts';
export type { TokenIssuer } from './ports/token-issuer.ts';
export type { WorkerRegistry } from './ports/worker-registry.ts';
export type {
  LiveKitEvent,
  SignedWebhook,
  WebhookVerification,
  WebhookVerifier,
} from './ports/webhook-verifier.ts';
export { AcceptJob, type AcceptJobInput, type AcceptJobOutcome } from './use-cases/accept-job.ts';
export { AdmitWorker, type AdmitWorkerInput, type AdmittedWorker } from './use-cases/admit-worker.ts';
export { AuditJournal } from './use-cases/audit-journal.ts';
export {
  AuthenticateCaller,
  type AuthenticateCallerInput,
  type EdgeLimits,
} from './use-cases/authenticate-caller.ts';
export { BlockClient, type BlockClientInput } from './use-cases/block-client.ts';
export { CheckHealth, type HealthCheckName, type HealthReport } from './use-cases/check-health.ts';
export {
  EndSessions,
  type EndedSession,
  type EndSessionsInput,
  type SessionsToEnd,
} from './use-cases/end-sessions.ts';
export { HandleWebhook, type HandleWebhookInput, type WebhookOutcome } from './use-cases/handle-webhook.ts';
export { JudgeOffer, type JudgeOfferInput } from './use-cases/judge-offer.ts';
export { RecordWorkerAct, type WorkerAct } from './use-cases/record-worker-act.ts';
export { RegisterAgent, type RegisterAgentInput, type RegisteredAgent } from './use-cases/register-agent.ts';
export { RestoreAgent, type RestoreAgentInput } from './use-cases/restore-agent.ts';
export { RevokeAgent, type RevokeAgentInput } from './use-cases/revoke-agent.ts';
export type { StartedSession } from './use-cases/session-opening.ts';
export { StartSession, type StartSessionInput } from './use-cases/start-session.ts';
export { UnblockClient, type UnblockClientInput } from './use-cases/unblock-client.ts';
