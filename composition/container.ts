import 'reflect-metadata';
import {
  container as root,
  instanceCachingFactory,
  type DependencyContainer,
  type InjectionToken,
} from 'tsyringe';
import type { GatewayLog, GatewayService } from '../adapters/agent-gateway/index.ts';
import type { HttpCredential, HttpLog, HttpService, Site } from '../adapters/http/index.ts';
import {
  LiveKitProbe,
  LiveKitRoomDispatcher,
  LiveKitTokenIssuer,
  LiveKitWebhookVerifier,
} from '../adapters/livekit/index.ts';
import {
  DatabaseProbe,
  KnexAgentStore,
  KnexAuditStore,
  KnexCutOffStore,
  KnexSessionStore,
  KnexWorkerRegistry,
  type Database,
} from '../adapters/persistence-knex/index.ts';
import {
  AuditJournal,
  AuthenticateCaller,
  CheckHealth,
  HandleWebhook,
  RegisterAgent,
  StartSession,
  type AgentStore,
  type ApplicationDirectory,
  type AuditStore,
  type Clock,
  type CutOffStore,
  type Ids,
  type IdentitySource,
  type RoomDispatcher,
  type SessionStore,
  type TokenIssuer,
  type WebhookVerifier,
  type WorkerRegistry,
} from '../core/index.ts';
import type { Config, Secrets } from './config.ts';
import { edgeLimits } from './edge-limits.ts';
import { gatewayService, type GatewayParts, type GatewayPorts } from './gateway-service.ts';
import { identitySource } from './identity-source.ts';
import { RandomIds } from './random-ids.ts';
import { toKey } from './to-key.ts';
import { systemClock } from './system-clock.ts';

/** The ports, and how to ask for them: `container.resolve(PORTS.audit)`. */
export const PORTS = {
  clock: token<Clock>('clock'),
  ids: token<Ids>('ids'),
  identity: token<IdentitySource<HttpCredential>>('identity'),
  directory: token<ApplicationDirectory>('directory'),
  agents: token<AgentStore>('agents'),
  cutOffs: token<CutOffStore>('cutOffs'),
  sessions: token<SessionStore>('sessions'),
  audit: token<AuditStore>('audit'),
  workers: token<WorkerRegistry>('workers'),
  /** Signs with LiveKit's key. */
  tokens: token<TokenIssuer>('tokens'),
  /** Signs what agents connect with. */
  agentTokens: token<TokenIssuer>('agentTokens'),
  rooms: token<RoomDispatcher>('rooms'),
  webhooks: token<WebhookVerifier>('webhooks'),
  journal: token<AuditJournal>('journal'),
  service: token<HttpService>('service'),
  gateway: token<GatewayService>('gateway'),
} as const;

/** What was opened outside and is closed outside, by whoever runs the process. */
export interface Resources {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly database: Database;
  readonly directory: ApplicationDirectory;
  readonly log: HttpLog;
  readonly gatewayLog: GatewayLog;
  readonly version: string;
}

/** What every process of the platform is made of. */
interface Foundation {
  readonly region: string;
  readonly secrets: Pick<Secrets, 'signingKey' | 'subjectKey'>;
  readonly database: Database;
}

/** Everything the service is made of, wired once. */
export function buildContainer(resources: Resources): DependencyContainer {
  const { config, secrets, database } = resources;
  const container = buildFoundation({ region: config.region, secrets, database });
  registerAdapters(container, resources);
  provide(container, PORTS.service, (c) => httpService(c, resources));
  const { agentGateway } = config;
  const { agentTokenKeys } = secrets;
  if (agentGateway.mode === 'embedded' && agentTokenKeys !== undefined) {
    const { listener } = agentGateway;
    const parts = { config, listener, secrets: { ...secrets, agentTokenKeys }, log: resources.gatewayLog };
    provide(container, PORTS.gateway, (c) => gatewayService(foundationOf(c), parts));
  }
  return container;
}

/** Everything a gateway alone is made of. */
export function buildGatewayContainer(
  parts: GatewayParts & Pick<Resources, 'database'> & Pick<Foundation, 'secrets'>,
): DependencyContainer {
  const { config, secrets, database } = parts;
  const container = buildFoundation({ region: config.region, secrets, database });
  provide(container, PORTS.gateway, (c) => gatewayService(foundationOf(c), parts));
  return container;
}

/** The records, the audit journal, and what LiveKit believes. */
function buildFoundation({ region, secrets, database }: Foundation): DependencyContainer {
  const container = root.createChildContainer();
  const stores = { db: database, subjectKey: secrets.subjectKey.revealBytes() };
  provide(container, PORTS.clock, () => systemClock);
  provide(container, PORTS.ids, () => new RandomIds());
  provide(container, PORTS.audit, () => new KnexAuditStore(stores));
  provide(container, PORTS.agents, () => new KnexAgentStore(stores));
  provide(container, PORTS.cutOffs, () => new KnexCutOffStore(stores));
  provide(container, PORTS.sessions, () => new KnexSessionStore(stores));
  provide(container, PORTS.workers, () => new KnexWorkerRegistry(stores));
  provide(container, PORTS.tokens, () => new LiveKitTokenIssuer(toKey(secrets.signingKey)));
  provide(container, PORTS.journal, (c) => {
    return new AuditJournal({ clock: c.resolve(PORTS.clock), ids: c.resolve(PORTS.ids), region });
  });
  return container;
}

function foundationOf(c: DependencyContainer): GatewayPorts {
  return {
    clock: c.resolve(PORTS.clock),
    ids: c.resolve(PORTS.ids),
    journal: c.resolve(PORTS.journal),
    audit: c.resolve(PORTS.audit),
    agents: c.resolve(PORTS.agents),
    sessions: c.resolve(PORTS.sessions),
    workers: c.resolve(PORTS.workers),
    tokens: c.resolve(PORTS.tokens),
  };
}

function registerAdapters(container: DependencyContainer, { config, secrets, directory }: Resources): void {
  const [agentKey = secrets.signingKey] = secrets.agentTokenKeys ?? [];
  provide(container, PORTS.agentTokens, () => new LiveKitTokenIssuer(toKey(agentKey)));
  provide(container, PORTS.directory, () => directory);
  provide(container, PORTS.rooms, () => {
    return new LiveKitRoomDispatcher({ url: config.livekitUrl, key: toKey(secrets.signingKey) });
  });
  provide(container, PORTS.webhooks, (c) => {
    return new LiveKitWebhookVerifier({
      keys: secrets.webhookKeys.map(toKey),
      clock: c.resolve(PORTS.clock),
    });
  });
  provide(container, PORTS.identity, (c) => {
    return identitySource(config, secrets, { clock: c.resolve(PORTS.clock), directory });
  });
}

function httpService(
  c: DependencyContainer,
  { config, secrets, database, log, version }: Resources,
): HttpService {
  const { workers, ...foundation } = foundationOf(c);
  const ports = {
    ...foundation,
    cutOffs: c.resolve(PORTS.cutOffs),
    tokenTtlMs: config.tokenTtlMs,
    rules: config.agentRules,
    maxOpenSessions: config.maxOpenSessions,
    limits: edgeLimits(config.rateLimits),
  };
  const livekit = { url: config.livekitUrl, key: toKey(secrets.signingKey), clock: ports.clock };
  return {
    authenticateCaller: new AuthenticateCaller({ ...ports, identity: c.resolve(PORTS.identity) }),
    registerAgent: new RegisterAgent({ ...ports, tokens: c.resolve(PORTS.agentTokens) }),
    startSession: new StartSession({
      ...ports,
      directory: c.resolve(PORTS.directory),
      rooms: c.resolve(PORTS.rooms),
      ...(config.agentGateway.mode === 'off' ? {} : { workers }),
    }),
    handleWebhook: new HandleWebhook({ ...ports, verifier: c.resolve(PORTS.webhooks) }),
    checkHealth: new CheckHealth({
      probes: { livekit: new LiveKitProbe(livekit), database: new DatabaseProbe({ db: database }) },
      clock: ports.clock,
    }),
    clock: ports.clock,
    ids: ports.ids,
    site: site(config, version),
    log,
  };
}

function site(config: Config, version: string): Site {
  const { region, livekitPublicUrl, agentGateway, trustedHops, corsOrigins, maxInFlight } = config;
  return {
    region,
    version,
    livekitUrl: livekitPublicUrl,
    agentUrl: agentGateway.mode === 'off' ? livekitPublicUrl : agentGateway.publicUrl,
    trustedHops,
    corsOrigins,
    maxInFlight,
  };
}

function token<T>(name: string): InjectionToken<T> {
  return Symbol(name);
}

function provide<T>(
  container: DependencyContainer,
  port: InjectionToken<T>,
  make: (container: DependencyContainer) => T,
): void {
  container.register(port, { useFactory: instanceCachingFactory(make) });
}
