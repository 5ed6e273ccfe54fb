import {
  supersedes,
  type Agent,
  type AgentName,
  type AgentStore,
  type AuditEvent,
  type KnownAgent,
} from '../../core/index.ts';
import type { MemoryAuditStore } from './memory-audit-store.ts';
import { MemoryCutOffStore } from './memory-cut-off-store.ts';

/** {@link AgentStore} for tests that need no database. */
export class MemoryAgentStore implements AgentStore {
  readonly #agents = new Map<AgentName, Agent>();
  readonly #audit: MemoryAuditStore;
  readonly #cutOffs: MemoryCutOffStore;

  constructor(audit: MemoryAuditStore, cutOffs = new MemoryCutOffStore(audit)) {
    this.#audit = audit;
    this.#cutOffs = cutOffs;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what goes wrong is a rejection, as in every store
  async register(agent: Agent, audit: readonly AuditEvent[]): Promise<'registered' | 'agent_revoked'> {
    if (this.#cutOffs.revocationOf(agent.name) !== undefined) {
      return 'agent_revoked';
    }
    this.#audit.commit(audit);
    const known = this.#agents.get(agent.name);
    if (known === undefined || supersedes(agent, known)) {
      this.#agents.set(agent.name, agent);
    }
    return 'registered';
  }

  find(name: AgentName): Promise<KnownAgent | undefined> {
    const agent = this.#agents.get(name);
    const revokedAt = this.#cutOffs.revocationOf(name)?.at;
    const tokensVoidUntil = this.#cutOffs.tokensVoidUntil(name);
    return Promise.resolve(
      agent && { ...agent, ...(revokedAt && { revokedAt }), ...(tokensVoidUntil && { tokensVoidUntil }) },
    );
  }

  get names(): readonly AgentName[] {
    return [...this.#agents.keys()];
  }

  registrationOf(name: AgentName): Agent | undefined {
    return this.#agents.get(name);
  }
}
