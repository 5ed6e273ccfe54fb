import type { Agent, AgentName, AgentStore, AuditEvent } from '../../core/index.ts';
import type { MemoryAuditStore } from './memory-audit-store.ts';

/** {@link AgentStore} for tests that need no database. */
export class MemoryAgentStore implements AgentStore {
  readonly #agents = new Map<AgentName, Agent>();
  readonly #audit: MemoryAuditStore;

  constructor(audit: MemoryAuditStore) {
    this.#audit = audit;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what goes wrong is a rejection, as in every store
  async register(agent: Agent, audit: readonly AuditEvent[]): Promise<void> {
    this.#audit.commit(audit);
    const known = this.#agents.get(agent.name);
    if (known === undefined || isNewer(agent, known)) {
      this.#agents.set(agent.name, agent);
    }
  }

  find(name: AgentName): Promise<Agent | undefined> {
    return Promise.resolve(this.#agents.get(name));
  }
}

function isNewer(a: Agent, b: Agent): boolean {
  const difference = a.registeredAt.getTime() - b.registeredAt.getTime();
  return difference > 0 || (difference === 0 && a.expiresAt.getTime() > b.expiresAt.getTime());
}
