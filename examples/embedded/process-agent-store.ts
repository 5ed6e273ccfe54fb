import type { Agent, AgentName, AgentStore, AuditEvent } from '@livekit-platform/service/core';
import type { JsonlAuditStore } from './jsonl-audit-store.ts';

/** {@link AgentStore} that lives as long as its process: after a restart the agents register again. */
export class ProcessAgentStore implements AgentStore {
  readonly #agents = new Map<AgentName, Agent>();
  readonly #trail: JsonlAuditStore;

  constructor(trail: JsonlAuditStore) {
    this.#trail = trail;
  }

  register(agent: Agent, audit: readonly AuditEvent[]): Promise<void> {
    const apply = (): void => {
      const known = this.#agents.get(agent.name);
      if (known === undefined || isNewer(agent, known)) {
        this.#agents.set(agent.name, agent);
      }
    };
    return this.#trail.commit(() => ({ events: audit, apply }));
  }

  find(name: AgentName): Promise<Agent | undefined> {
    return this.#trail.commit(() => ({ events: [], apply: () => this.#agents.get(name) }));
  }
}

function isNewer(a: Agent, b: Agent): boolean {
  const laterMs = a.registeredAt.getTime() - b.registeredAt.getTime();
  return laterMs > 0 || (laterMs === 0 && a.expiresAt.getTime() > b.expiresAt.getTime());
}
