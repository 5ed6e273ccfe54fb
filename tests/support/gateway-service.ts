import { randomUUID } from 'node:crypto';
import {
  AgentGateway,
  type GatewayLimits,
  type GatewayLogEntry,
  type GatewayService,
  type GatewaySite,
} from '../../adapters/agent-gateway/index.ts';
import {
  AcceptJob,
  AdmitWorker,
  agentIdentity,
  AuditJournal,
  JudgeOffer,
  parseClientId,
  parseGatewayId,
  parseTokenId,
  parseTokenTtlSeconds,
  parseParticipantIdentity,
  RecordWorkerAct,
  UNLIMITED,
  type Agent,
  type AgentTokenVerifier,
  type Principal,
  type RoomName,
  type TokenIssuer,
  type WorkerPass,
} from '../../core/index.ts';
import { CountingIds } from './counting-ids.ts';
import { openStandInLiveKit, type StandInLiveKit } from './gateway-service-livekit.ts';
import { MemoryAgentStore } from './memory-agent-store.ts';
import { MemoryAuditStore } from './memory-audit-store.ts';
import { MemoryCutOffStore } from './memory-cut-off-store.ts';
import { MemorySessionStore } from './memory-session-store.ts';
import { MemoryTokenIssuer } from './memory-token-issuer.ts';
import { MemoryWorkerRegistry } from './memory-worker-registry.ts';

const clock = { now: (): Date => new Date() };
const CALLER: Principal = { kind: 'application', clientId: parseClientId(randomUUID()) };
const GATEWAY = parseGatewayId('6a7e0000-0000-4000-8000-000000000001');

export interface GatewayStage {
  readonly gateway: AgentGateway;
  readonly port: number;
  /** The whole address of a worker's connection. */
  readonly url: string;
  readonly livekit: StandInLiveKit;
  readonly service: GatewayService;
  readonly audit: MemoryAuditStore;
  readonly agents: MemoryAgentStore;
  readonly cutOffs: MemoryCutOffStore;
  readonly workers: MemoryWorkerRegistry;
  readonly log: readonly GatewayLogEntry[];
  /** An application nobody has seen before. */
  readonly newAgent: () => Promise<Agent>;
  /** A token that the gateway knows; it lives an hour where nothing else is said. */
  readonly tokenOf: (agent: Agent, life?: TokenLife) => string;
  readonly openSession: (agent: Agent) => Promise<RoomName>;
  readonly close: () => Promise<void>;
}

export interface TokenLife {
  readonly lifeMs?: number;
  readonly ageMs?: number;
}

export interface GatewayOptions {
  readonly limits?: Partial<GatewayLimits>;
  readonly site?: Partial<GatewaySite>;
  /** Other ports, or use cases, in place of those over memory. */
  readonly replace?: (service: GatewayService) => Partial<GatewayService>;
  readonly livekit?: StandInLiveKit;
  readonly tokens?: TokenIssuer;
}

/** A gateway on a free port of loopback, over memory ports, in front of a stand-in for LiveKit. */
export async function openGateway(options: GatewayOptions = {}): Promise<GatewayStage> {
  const livekit = options.livekit ?? (await openStandInLiveKit());
  const memory = openMemory();
  const log: GatewayLogEntry[] = [];
  const tokens = options.tokens ?? new MemoryTokenIssuer();
  const own = serviceOver({ ...memory, tokens }, livekit.url, (entry) => log.push(entry));
  const service = { ...own, site: { ...own.site, ...options.site }, ...options.replace?.(own) };
  const gateway = new AgentGateway(service, { lingerMs: 20, ...options.limits });
  await gateway.listen(0, '127.0.0.1');
  const port = gateway.port ?? 0;
  return {
    ...memory,
    gateway,
    port,
    url: `ws://127.0.0.1:${port}/agent`,
    livekit,
    service,
    log,
    newAgent: () => newAgent(memory.agents),
    tokenOf: (agent, life) => memory.verifier.tokenOf(agent, life),
    openSession: (agent) => openSession(memory, agent),
    close: async () => {
      await gateway.stop();
      await livekit.close();
    },
  };
}

interface Memory {
  readonly ids: CountingIds;
  readonly audit: MemoryAuditStore;
  readonly cutOffs: MemoryCutOffStore;
  readonly agents: MemoryAgentStore;
  readonly sessions: MemorySessionStore;
  readonly workers: MemoryWorkerRegistry;
  readonly verifier: KnownTokens;
}

function openMemory(): Memory {
  const audit = new MemoryAuditStore();
  const cutOffs = new MemoryCutOffStore(audit);
  const agents = new MemoryAgentStore(audit, cutOffs);
  const sessions = new MemorySessionStore(audit, cutOffs);
  const workers = new MemoryWorkerRegistry({ audit, agents, cutOffs, clock });
  return { ids: new CountingIds(), audit, cutOffs, agents, sessions, workers, verifier: new KnownTokens() };
}

function serviceOver(
  memory: Memory & { readonly tokens: TokenIssuer },
  livekitUrl: string,
  log: GatewayService['log'],
): GatewayService {
  const ports = {
    ...memory,
    clock,
    journal: new AuditJournal({ clock, ids: memory.ids, region: 'eu' }),
    limits: { refusalRows: UNLIMITED, agentHandshakes: UNLIMITED },
    tokenTtlMs: parseTokenTtlSeconds(3600),
  };
  return {
    admitWorker: new AdmitWorker(ports),
    judgeOffer: new JudgeOffer(ports),
    acceptJob: new AcceptJob(ports),
    recordWorkerAct: new RecordWorkerAct(ports),
    workers: memory.workers,
    clock,
    ids: memory.ids,
    site: {
      region: 'eu',
      gatewayId: GATEWAY,
      livekitUrl,
      livekitPublicUrl: 'wss://livekit.example.test',
      upstreamToken: () => Promise.resolve('upstream.token.secret'),
      maxAgentWorkers: 100,
      trustedHops: 0,
    },
    log,
  };
}

async function newAgent(agents: MemoryAgentStore): Promise<Agent> {
  const agent: Agent = {
    ...agentIdentity(parseClientId(randomUUID())),
    clientAuthorization: 'required',
    registeredAt: clock.now(),
    expiresAt: clock.now(),
  };
  await agents.register(agent, []);
  return agent;
}

async function openSession({ ids, sessions }: Memory, agent: Agent): Promise<RoomName> {
  const room = ids.roomName();
  await sessions.open(
    {
      sessionId: ids.sessionId(),
      room,
      agent: agent.name,
      agentClientId: agent.clientId,
      caller: CALLER,
      identity: parseParticipantIdentity(`app-${CALLER.clientId}`),
      requestId: ids.requestId(),
      requestedAt: clock.now(),
    },
    [],
  );
  return room;
}

/** {@link AgentTokenVerifier} that knows the tokens it made. */
class KnownTokens implements AgentTokenVerifier {
  readonly #passes = new Map<string, WorkerPass>();

  tokenOf(agent: Agent, { lifeMs = 3_600_000, ageMs = 0 }: TokenLife = {}): string {
    const tokenId = parseTokenId(randomUUID());
    const issuedMs = clock.now().getTime() - ageMs;
    const token = `agent.${tokenId}.signature`;
    this.#passes.set(token, {
      agent: agent.name,
      tokenId,
      issuedAt: new Date(issuedMs),
      expiresAt: new Date(issuedMs + lifeMs),
      signingKeyId: 'agent-key',
    });
    return token;
  }

  verify(token: string): ReturnType<AgentTokenVerifier['verify']> {
    const pass = this.#passes.get(token);
    return Promise.resolve(
      pass === undefined ? { outcome: 'rejected', reason: 'token_unknown' } : { outcome: 'verified', pass },
    );
  }
}
