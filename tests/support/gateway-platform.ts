import {
  AcceptJob,
  AdmitWorker,
  agentIdentity,
  AuditJournal,
  JudgeOffer,
  ownerOf,
  parseParticipantIdentity,
  parseTokenTtlSeconds,
  UNLIMITED,
  type AgentName,
  type AgentTokenVerifier,
  type RoomName,
  type WorkerPass,
} from '../../core/index.ts';
import { CountingIds } from './counting-ids.ts';
import { FixedClock } from './fixed-clock.ts';
import { MemoryAgentStore } from './memory-agent-store.ts';
import { MemoryAuditStore } from './memory-audit-store.ts';
import { MemoryCutOffStore } from './memory-cut-off-store.ts';
import { withFaults, type Fault } from './memory-faults.ts';
import { MemorySessionStore } from './memory-session-store.ts';
import { MemoryTokenIssuer } from './memory-token-issuer.ts';
import { MemoryWorkerRegistry } from './memory-worker-registry.ts';
import { clientApp, CONTEXT } from './platform-cast.ts';

const TTL_MS = 3_600_000;

/** What stands behind a gateway: its use cases over memory ports, and what happens there without it. */
export class GatewayPlatform {
  /** What becomes of the next call of this port that a use case makes. */
  failing: { readonly port: 'sessions' | 'audit'; readonly fault: Fault } | undefined;
  readonly audit = new MemoryAuditStore();
  readonly workers: MemoryWorkerRegistry;
  readonly admitWorker: AdmitWorker;
  readonly judgeOffer: JudgeOffer;
  readonly acceptJob: AcceptJob;
  readonly #clock = new FixedClock();
  readonly #ids = new CountingIds();
  readonly #cutOffs = new MemoryCutOffStore(this.audit);
  readonly #agents = new MemoryAgentStore(this.audit, this.#cutOffs);
  readonly #sessions = new MemorySessionStore(this.audit, this.#cutOffs);
  readonly #passes = new Map<string, WorkerPass>();

  constructor() {
    const parts = { audit: this.audit, agents: this.#agents, cutOffs: this.#cutOffs, clock: this.#clock };
    this.workers = new MemoryWorkerRegistry(parts);
    const ports = {
      clock: this.#clock,
      ids: this.#ids,
      agents: this.#agents,
      workers: this.workers,
      journal: new AuditJournal({ clock: this.#clock, ids: this.#ids, region: 'eu' }),
      limits: { refusalRows: UNLIMITED, agentHandshakes: UNLIMITED },
      verifier: verifierOf(this.#passes),
      tokens: new MemoryTokenIssuer(),
      tokenTtlMs: parseTokenTtlSeconds(TTL_MS / 1000),
      audit: withFaults(this.audit, () => this.#nextFault('audit')),
      sessions: withFaults(this.#sessions, () => this.#nextFault('sessions')),
    };
    this.admitWorker = new AdmitWorker(ports);
    this.judgeOffer = new JudgeOffer(ports);
    this.acceptJob = new AcceptJob(ports);
  }

  /** A token, where the agent is not revoked. */
  async register(name: AgentName): Promise<string | undefined> {
    this.#clock.advance(1000);
    const issuedAt = this.#clock.now();
    const expiresAt = new Date(issuedAt.getTime() + TTL_MS);
    const { clientId, userId } = ownerOf(name);
    const about = { clientAuthorization: 'required', registeredAt: issuedAt, expiresAt } as const;
    const outcome = await this.#agents.register({ ...agentIdentity(clientId, userId), ...about }, []);
    if (outcome === 'agent_revoked') {
      return undefined;
    }
    const tokenId = this.#ids.tokenId();
    this.#passes.set(tokenId, { agent: name, tokenId, issuedAt, expiresAt, signingKeyId: 'agents' });
    return tokenId;
  }

  async openSession(agent: AgentName): Promise<RoomName> {
    const room = this.#ids.roomName();
    const { clientId: agentClientId } = ownerOf(agent);
    await this.#sessions.open(
      {
        sessionId: this.#ids.sessionId(),
        room,
        agent,
        agentClientId,
        caller: clientApp,
        identity: parseParticipantIdentity(`app-${clientApp.clientId}`),
        requestId: CONTEXT.requestId,
        requestedAt: this.#clock.now(),
      },
      [],
    );
    return room;
  }

  async endSession(room: RoomName): Promise<void> {
    const cut = { factId: 'cut', kind: 'session_cut', at: this.#clock.now(), reason: 'limit' } as const;
    await this.#sessions.record({ room }, [cut], () => []);
  }

  /** Later than every token, by a second at least. */
  async revoke(agent: AgentName): Promise<void> {
    this.#clock.advance(1000);
    await this.#cutOffs.revokeAgent(agent, { at: this.#clock.now() }, []);
  }

  async restore(agent: AgentName): Promise<void> {
    await this.#cutOffs.restoreAgent(agent, []);
  }

  #nextFault(port: 'sessions' | 'audit'): Fault {
    const { failing } = this;
    if (failing?.port !== port) {
      return 'none';
    }
    this.failing = undefined;
    return failing.fault;
  }
}

function verifierOf(passes: ReadonlyMap<string, WorkerPass>): AgentTokenVerifier {
  return {
    verify: (token) => {
      const pass = passes.get(token);
      return Promise.resolve(
        pass === undefined ? { outcome: 'rejected', reason: 'unknown_token' } : { outcome: 'verified', pass },
      );
    },
  };
}
