import {
  createHttpHandler,
  type HttpHandler,
  type HttpLogEntry,
  type HttpService,
} from '../../adapters/http/index.ts';
import {
  AuditJournal,
  AuthenticateCaller,
  CheckHealth,
  HandleWebhook,
  parseTokenTtlSeconds,
  RegisterAgent,
  StartSession,
  UNLIMITED,
  type AgentRules,
  type EdgeLimits,
  type HealthCheckName,
  type RateLimit,
} from '../../core/index.ts';
import { CountingIds } from './counting-ids.ts';
import { FixedClock } from './fixed-clock.ts';
import { MemoryAgentStore } from './memory-agent-store.ts';
import { MemoryApplicationDirectory } from './memory-application-directory.ts';
import { MemoryAuditStore } from './memory-audit-store.ts';
import { MemoryCutOffStore } from './memory-cut-off-store.ts';
import { MemoryIdentitySource } from './memory-identity-source.ts';
import { MemoryRateLimiter } from './memory-rate-limiter.ts';
import { MemoryRoomDispatcher } from './memory-room-dispatcher.ts';
import { MemorySessionStore } from './memory-session-store.ts';
import { MemoryTokenIssuer } from './memory-token-issuer.ts';
import { MemoryWebhookVerifier } from './memory-webhook-verifier.ts';
import { MemoryWorkerRegistry } from './memory-worker-registry.ts';
import { faultyPorts, type PortFaults } from './platform-faults.ts';
import type { OutsidePorts } from './platform-ports.ts';

/** What stands behind the ports, for tests to set up and to look at. */
export interface Memory {
  readonly clock: FixedClock;
  readonly ids: CountingIds;
  readonly identity: MemoryIdentitySource;
  readonly directory: MemoryApplicationDirectory;
  readonly audit: MemoryAuditStore;
  readonly agents: MemoryAgentStore;
  readonly cutOffs: MemoryCutOffStore;
  readonly sessions: MemorySessionStore;
  readonly tokens: MemoryTokenIssuer;
  readonly rooms: MemoryRoomDispatcher;
  readonly webhooks: MemoryWebhookVerifier;
  /** Every agent is online, but for those that are taken offline. */
  readonly workers: MemoryWorkerRegistry;
}

export type PlatformLimits = Readonly<Partial<Record<keyof EdgeLimits, RateLimit>>>;

export interface PlatformOptions {
  /** Real adapters in place of memory ones. */
  readonly replace?: (memory: Memory) => Partial<OutsidePorts>;
  readonly faults?: PortFaults;
  readonly tokenTtlSeconds?: number;
  readonly corsOrigins?: readonly string[];
  readonly rules?: Partial<AgentRules>;
  readonly maxOpenSessions?: number;
  readonly maxInFlight?: number;
  /** Those not named are unlimited. */
  readonly limits?: PlatformLimits;
}

export interface Platform extends Memory {
  readonly service: HttpService;
  readonly handler: HttpHandler;
  readonly journal: AuditJournal;
  /** What the probes answer; a test flips them. */
  readonly healthy: Record<HealthCheckName, boolean>;
  readonly log: readonly HttpLogEntry[];
}

export const SITE = {
  region: 'eu',
  version: '0.0.0-test',
  livekitUrl: 'wss://livekit.example.test',
  agentUrl: 'wss://agents.example.test',
  trustedHops: 0,
  maxInFlight: 256,
} as const;

/** The whole platform but its host, wired as the composition root wires it. */
export function platformOverMemory({
  replace,
  faults,
  tokenTtlSeconds = 3600,
  corsOrigins = [],
  rules,
  maxOpenSessions = 1000,
  maxInFlight = SITE.maxInFlight,
  limits = {},
}: PlatformOptions = {}): Platform {
  const memory = freshMemory();
  const { clock, ids } = memory;
  const journal = new AuditJournal({ clock, ids, region: SITE.region });
  const outside = { ...memory, ...replace?.(memory) };
  const reached = { ...outside, ...(faults === undefined ? {} : faultyPorts(outside, faults)) };
  const ports = {
    ...reached,
    journal,
    limits: limitsOf(memory, limits),
    tokenTtlMs: parseTokenTtlSeconds(tokenTtlSeconds),
    maxOpenSessions,
    rules: { clientAuthorization: 'always', userAgents: 'deny', ...rules } as const,
  };
  const healthy = { livekit: true, database: true };
  const log: HttpLogEntry[] = [];
  const service: HttpService = {
    authenticateCaller: new AuthenticateCaller(ports),
    registerAgent: new RegisterAgent(ports),
    startSession: new StartSession(ports),
    handleWebhook: new HandleWebhook({ ...ports, verifier: ports.webhooks }),
    checkHealth: new CheckHealth({
      probes: {
        livekit: { isHealthy: () => Promise.resolve(healthy.livekit) },
        database: { isHealthy: () => Promise.resolve(healthy.database) },
      },
      clock,
    }),
    clock,
    ids,
    site: { ...SITE, corsOrigins, maxInFlight },
    log: (entry) => log.push(entry),
  };
  return { ...memory, service, handler: createHttpHandler(service), journal, healthy, log };
}

function limitsOf({ clock }: Memory, limits: PlatformLimits): EdgeLimits {
  const limiter = (name: keyof EdgeLimits): EdgeLimits[typeof name] => {
    const limit = limits[name];
    return limit === undefined ? UNLIMITED : new MemoryRateLimiter(limit, clock);
  };
  return {
    perCaller: limiter('perCaller'),
    perClient: limiter('perClient'),
    refusalRows: limiter('refusalRows'),
  };
}

function freshMemory(): Memory {
  const clock = new FixedClock();
  const audit = new MemoryAuditStore();
  const cutOffs = new MemoryCutOffStore(audit);
  const agents = new MemoryAgentStore(audit, cutOffs);
  return {
    clock,
    ids: new CountingIds(),
    identity: new MemoryIdentitySource(),
    directory: new MemoryApplicationDirectory(),
    audit,
    agents,
    cutOffs,
    sessions: new MemorySessionStore(audit, cutOffs),
    tokens: new MemoryTokenIssuer(),
    rooms: new MemoryRoomDispatcher(),
    webhooks: new MemoryWebhookVerifier({ clock }),
    workers: new MemoryWorkerRegistry({ audit, agents, cutOffs, clock, unannounced: 'online' }),
  };
}
