import 'reflect-metadata';
import {
  container as root,
  instanceCachingFactory,
  type DependencyContainer,
  type InjectionToken,
} from 'tsyringe';
import type { HttpCredential, HttpLog, HttpService, Site } from '../adapters/http/index.ts';
import {
  LiveKitProbe,
  LiveKitRoomDispatcher,
  LiveKitTokenIssuer,
  LiveKitWebhookVerifier,
  type LiveKitKey,
} from '../adapters/livekit/index.ts';
import {
  DatabaseProbe,
  KnexAgentStore,
  KnexAuditStore,
  KnexCutOffStore,
  KnexSessionStore,
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
} from '../core/index.ts';
import type { Config, Secrets } from './config.ts';
import { edgeLimits } from './edge-limits.ts';
import { identitySource } from './identity-source.ts';
import { RandomIds } from './random-ids.ts';
import type { NamedSecret } from './settings.ts';
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
  tokens: token<TokenIssuer>('tokens'),
  rooms: token<RoomDispatcher>('rooms'),
  webhooks: token<WebhookVerifier>('webhooks'),
  journal: token<AuditJournal>('journal'),
  service: token<HttpService>('service'),
} as const;

/** What was opened outside and is closed outside, by whoever runs the process. */
export interface Resources {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly database: Database;
  readonly directory: ApplicationDirectory;
  readonly log: HttpLog;
  readonly version: string;
}

/** Everything the platform is made of, wired once. */
export function buildContainer(resources: Resources): DependencyContainer {
  const container = root.createChildContainer();
  registerAdapters(container, resources);
  provide(container, PORTS.journal, (c) => {
    return new AuditJournal({
      clock: c.resolve(PORTS.clock),
      ids: c.resolve(PORTS.ids),
      region: resources.config.region,
    });
  });
  provide(container, PORTS.service, (c) => httpService(c, resources));
  return container;
}

function registerAdapters(
  container: DependencyContainer,
  { config, secrets, database, directory }: Resources,
): void {
  const livekit = { url: config.livekitUrl, key: toKey(secrets.signingKey) };
  const subjectKey = secrets.subjectKey.revealBytes();
  provide(container, PORTS.clock, () => systemClock);
  provide(container, PORTS.ids, () => new RandomIds());
  provide(container, PORTS.directory, () => directory);
  provide(container, PORTS.audit, () => new KnexAuditStore({ db: database, subjectKey }));
  provide(container, PORTS.agents, () => new KnexAgentStore({ db: database, subjectKey }));
  provide(container, PORTS.cutOffs, () => new KnexCutOffStore({ db: database, subjectKey }));
  provide(container, PORTS.sessions, () => new KnexSessionStore({ db: database, subjectKey }));
  provide(container, PORTS.tokens, () => new LiveKitTokenIssuer(livekit.key));
  provide(container, PORTS.rooms, () => new LiveKitRoomDispatcher(livekit));
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
  const ports = {
    clock: c.resolve(PORTS.clock),
    ids: c.resolve(PORTS.ids),
    journal: c.resolve(PORTS.journal),
    audit: c.resolve(PORTS.audit),
    agents: c.resolve(PORTS.agents),
    cutOffs: c.resolve(PORTS.cutOffs),
    sessions: c.resolve(PORTS.sessions),
    tokens: c.resolve(PORTS.tokens),
    tokenTtlMs: config.tokenTtlMs,
    rules: config.agentRules,
    maxOpenSessions: config.maxOpenSessions,
    limits: edgeLimits(config.rateLimits),
  };
  const livekit = { url: config.livekitUrl, key: toKey(secrets.signingKey), clock: ports.clock };
  return {
    authenticateCaller: new AuthenticateCaller({ ...ports, identity: c.resolve(PORTS.identity) }),
    registerAgent: new RegisterAgent(ports),
    startSession: new StartSession({
      ...ports,
      directory: c.resolve(PORTS.directory),
      rooms: c.resolve(PORTS.rooms),
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
  const { region, livekitPublicUrl, trustedHops, corsOrigins, maxInFlight } = config;
  return { region, version, livekitUrl: livekitPublicUrl, trustedHops, corsOrigins, maxInFlight };
}

function toKey({ id, secret }: NamedSecret): LiveKitKey {
  return { id, secret: secret.revealBytes() };
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
