import {
  supersedes,
  type Agent,
  type AgentName,
  type AgentStore,
  type AuditEvent,
} from '@livekit-platform/service/core';
import type { JsonlAuditStore } from './jsonl-audit-store.ts';

/** {@link AgentStore} that lives as long as its process: after a restart the agents register again. */
export class ProcessAgentStore implements AgentStore {
  readonly #agents = new Map<AgentName, Agent>();
  readonly #trail: JsonlAuditStore;

  constructor(trail: JsonlAuditStore) {
    this.#trail = trail;
  }

  /** This service cuts nobody off. */
  register(agent: Agent, audit: readonly AuditEvent[]): Promise<'registered'> {
    const apply = (): 'registered' => {
      const known = this.#agents.get(agent.name);
      if (known === undefined || supersedes(agent, known)) {
        this.#agents.set(agent.name, agent);
      }
      return 'registered';
    };
    return this.#trail.commit(() => ({ events: audit, apply }));
  }

  find(name: AgentName): Promise<Agent | undefined> {
    return this.#trail.commit(() => ({ events: [], apply: () => this.#agents.get(name) }));
  }
}
