import {
  isOver,
  ownerOf,
  type AgentName,
  type AgentSelection,
  type BlockedClient,
  type ListedAgent,
  type OperatorView,
  type Session,
  type SessionFact,
  type SessionId,
  type SessionSelection,
} from '../../core/index.ts';
import type { MemoryAgentStore } from './memory-agent-store.ts';
import type { MemoryCutOffStore } from './memory-cut-off-store.ts';
import type { MemorySessionStore } from './memory-session-store.ts';

/** {@link OperatorView} over the other memory stores. */
export class MemoryOperatorView implements OperatorView {
  readonly #stores: {
    readonly agents: MemoryAgentStore;
    readonly cutOffs: MemoryCutOffStore;
    readonly sessions: MemorySessionStore;
  };

  constructor(stores: {
    readonly agents: MemoryAgentStore;
    readonly cutOffs: MemoryCutOffStore;
    readonly sessions: MemorySessionStore;
  }) {
    this.#stores = stores;
  }

  listAgents({ agent, revoked, after, limit }: AgentSelection): Promise<readonly ListedAgent[]> {
    const { agents, cutOffs } = this.#stores;
    const names = [...new Set([...agents.names, ...cutOffs.revoked])]
      .filter((name) => agent === undefined || standsFor(agent, name))
      .filter((name) => after === undefined || name > after)
      .sort();
    const listed = names.map((name) => this.#listed(name));
    return Promise.resolve(listed.filter((known) => revoked !== true || known.revoked).slice(0, limit));
  }

  hasRegistered(agent: AgentName): Promise<boolean> {
    return Promise.resolve(this.#stores.agents.names.some((name) => standsFor(agent, name)));
  }

  listBlockedClients(limit: number): Promise<readonly BlockedClient[]> {
    const { cutOffs } = this.#stores;
    const blocked = [...cutOffs.blocked].sort().flatMap((clientId) => {
      const cutOff = cutOffs.blockOf(clientId);
      return cutOff === undefined ? [] : [{ clientId, blocked: cutOff }];
    });
    return Promise.resolve(blocked.slice(0, limit));
  }

  listSessions(selection: SessionSelection): Promise<readonly Session[]> {
    const found = this.#stores.sessions.sessions.filter((session) => isSelected(session, selection));
    return Promise.resolve([...found].sort(newestFirst).slice(0, selection.limit));
  }

  factsOf(session: SessionId): Promise<readonly SessionFact[]> {
    return Promise.resolve(
      [...this.#stores.sessions.factsOf(session)].sort(
        (a, b) => a.at.getTime() - b.at.getTime() || (a.factId < b.factId ? -1 : 1),
      ),
    );
  }

  #listed(name: AgentName): ListedAgent {
    const { agents, cutOffs } = this.#stores;
    const known = agents.registrationOf(name);
    const revoked = cutOffs.revocationOf(name);
    return {
      name,
      ...(known && { registration: { registeredAt: known.registeredAt, expiresAt: known.expiresAt } }),
      ...(revoked && { revoked }),
    };
  }
}

function isSelected(session: Session, { agent, client, open, after }: SessionSelection): boolean {
  const { intent } = session;
  return (
    (agent === undefined || standsFor(agent, intent.agent)) &&
    (client === undefined || intent.caller.clientId === client) &&
    (open !== true || !isOver(session)) &&
    (after === undefined || (after.intent.sessionId !== intent.sessionId && newestFirst(after, session) < 0))
  );
}

/** An application for its personal agents too. */
function standsFor(agent: AgentName, name: AgentName): boolean {
  const { clientId, userId } = ownerOf(agent);
  return name === agent || (userId === undefined && ownerOf(name).clientId === clientId);
}

function newestFirst({ intent: a }: Session, { intent: b }: Session): number {
  return b.requestedAt.getTime() - a.requestedAt.getTime() || (a.sessionId < b.sessionId ? 1 : -1);
}
