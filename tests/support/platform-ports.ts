import type { HttpCredential } from '../../adapters/http/index.ts';
import type {
  AgentStore,
  ApplicationDirectory,
  AuditStore,
  CutOffStore,
  IdentitySource,
  RoomDispatcher,
  SessionStore,
  TokenIssuer,
  WebhookVerifier,
  WorkerRegistry,
} from '../../core/index.ts';

/** The ports that reach outside the process, and so can fail. */
export interface OutsidePorts {
  readonly identity: IdentitySource<HttpCredential>;
  readonly directory: ApplicationDirectory;
  readonly agents: AgentStore;
  readonly cutOffs: CutOffStore;
  readonly sessions: SessionStore;
  readonly audit: AuditStore;
  readonly tokens: TokenIssuer;
  readonly rooms: RoomDispatcher;
  readonly webhooks: WebhookVerifier;
  readonly workers: WorkerRegistry;
}
