import { agentNameOf, ownerOf, type AgentName } from '../../core/index.ts';

interface KnownSession {
  readonly agent: AgentName;
  isOpen: boolean;
  /** The last moment at which its agent could have worked in it. */
  goodAt: number;
}

/** Whose every room is, kept as plain lists beside the platform: what its judgement is compared with. */
export class GatewayTruth {
  /** Counts moves. */
  now = 0;
  readonly #sessions = new Map<string, KnownSession>();
  readonly #revoked = new Set<AgentName>();

  tick(): void {
    this.now += 1;
    for (const session of this.#sessions.values()) {
      if (session.isOpen && !this.isRevoked(session.agent)) {
        session.goodAt = this.now;
      }
    }
  }

  opened(room: string, agent: AgentName): void {
    this.#sessions.set(room, { agent, isOpen: true, goodAt: this.now });
  }

  ended(room: string): void {
    const session = this.#sessions.get(room);
    if (session !== undefined) {
      session.isOpen = false;
    }
  }

  revoked(agent: AgentName): void {
    this.#revoked.add(agent);
  }

  restored(agent: AgentName): void {
    this.#revoked.delete(agent);
  }

  /** A user's agent of an application is cut off with it. */
  isRevoked(agent: AgentName): boolean {
    return this.#revoked.has(agent) || this.#revoked.has(agentNameOf(ownerOf(agent).clientId));
  }

  /** Whether the room was that of an open session of the agent at some moment from `since` on. */
  isOwn(agent: AgentName, room: string, since: number): boolean {
    const session = this.#sessions.get(room);
    return session?.agent === agent && session.goodAt >= since;
  }
}
