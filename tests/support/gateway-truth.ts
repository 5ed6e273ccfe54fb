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
  /** Those that are good while their agent is not revoked. */
  readonly #tokens = new Map<string, AgentName>();

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

  registered(agent: AgentName, token: string): void {
    this.#tokens.set(token, agent);
  }

  /** Tokens from before the revocation stay void. */
  restored(agent: AgentName): void {
    if (this.#revoked.delete(agent)) {
      const voided = [...this.#tokens].filter(([, of]) => of === agent || applicationOf(of) === agent);
      voided.forEach(([token]) => this.#tokens.delete(token));
    }
  }

  isGood(token: string): boolean {
    const agent = this.#tokens.get(token);
    return agent !== undefined && !this.isRevoked(agent);
  }

  /** A user's agent of an application is cut off with it. */
  isRevoked(agent: AgentName): boolean {
    return this.#revoked.has(agent) || this.#revoked.has(applicationOf(agent));
  }

  /** Whether the room was that of an open session of the agent at some moment from `since` on. */
  isOwn(agent: AgentName, room: string, since: number): boolean {
    const session = this.#sessions.get(room);
    return session?.agent === agent && session.goodAt >= since;
  }
}

function applicationOf(agent: AgentName): AgentName {
  return agentNameOf(ownerOf(agent).clientId);
}
