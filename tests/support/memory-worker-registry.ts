import type {
  AgentName,
  AuditEvent,
  Clock,
  ConnectionId,
  GatewayId,
  TokenId,
  WorkerConnection,
  WorkerDue,
  WorkerRegistry,
} from '../../core/index.ts';
import type { MemoryAgentStore } from './memory-agent-store.ts';
import type { MemoryAuditStore } from './memory-audit-store.ts';
import type { MemoryCutOffStore } from './memory-cut-off-store.ts';

const BELIEVED_MS = 15_000;

interface Announcement {
  readonly untilMs: number;
  readonly online: ReadonlySet<AgentName>;
}

interface Parts {
  readonly audit: MemoryAuditStore;
  readonly agents: MemoryAgentStore;
  readonly cutOffs: MemoryCutOffStore;
  readonly clock: Clock;
  /** What an agent is that no gateway announces: `online` where a test is not about workers. */
  readonly unannounced?: 'online' | 'offline';
}

/** {@link WorkerRegistry} for tests that need no database. */
export class MemoryWorkerRegistry implements WorkerRegistry {
  readonly #parts: Parts;
  readonly #newest = new Map<TokenId, ConnectionId>();
  readonly #announced = new Map<GatewayId, Announcement>();
  readonly #offline = new Set<AgentName>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what goes wrong is a rejection, as in every store
  async admit({ connectionId, pass }: WorkerConnection, audit: readonly AuditEvent[]): Promise<void> {
    this.#parts.audit.commit(audit);
    this.#newest.set(pass.tokenId, connectionId);
  }

  due(workers: readonly WorkerConnection[]): Promise<ReadonlyMap<ConnectionId, WorkerDue>> {
    const due = new Map<ConnectionId, WorkerDue>();
    for (const worker of workers) {
      const reason = this.#dueOf(worker);
      if (reason !== undefined) {
        due.set(worker.connectionId, reason);
      }
    }
    return Promise.resolve(due);
  }

  announce(gateway: GatewayId, online: readonly AgentName[]): Promise<void> {
    this.#announced.set(gateway, { untilMs: this.#nowMs() + BELIEVED_MS, online: new Set(online) });
    return Promise.resolve();
  }

  isOnline(agent: AgentName): Promise<boolean> {
    const isAnnounced = [...this.#announced.values()].some(
      ({ untilMs, online }) => this.#nowMs() < untilMs && online.has(agent),
    );
    const isPresumed = this.#parts.unannounced === 'online' && !this.#offline.has(agent);
    return Promise.resolve(isAnnounced || isPresumed);
  }

  /** Of an agent that was `online` without an announcement: not any more. */
  takeOffline(agent: AgentName): void {
    this.#offline.add(agent);
  }

  #dueOf({ connectionId, pass }: WorkerConnection): WorkerDue | undefined {
    const { agents, cutOffs } = this.#parts;
    if ((this.#newest.get(pass.tokenId) ?? connectionId) !== connectionId) {
      return 'replaced';
    }
    const voidUntil = cutOffs.tokensVoidUntil(pass.agent);
    const isVoid = voidUntil !== undefined && pass.issuedAt < voidUntil;
    if (isVoid || cutOffs.revocationOf(pass.agent) !== undefined) {
      return 'agent_revoked';
    }
    const expiresMs = agents.registrationOf(pass.agent)?.expiresAt.getTime() ?? 0;
    return expiresMs > pass.expiresAt.getTime() ? 'renewed' : undefined;
  }

  #nowMs(): number {
    return this.#parts.clock.now().getTime();
  }
}
