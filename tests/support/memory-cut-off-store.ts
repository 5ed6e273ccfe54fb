import {
  agentNameOf,
  ownerOf,
  type AgentName,
  type AuditEvent,
  type ClientId,
  type CutOff,
  type CutOffStore,
} from '../../core/index.ts';
import type { MemoryAuditStore } from './memory-audit-store.ts';

/** {@link CutOffStore} for tests that need no database. */
export class MemoryCutOffStore implements CutOffStore {
  readonly #revoked = new Map<AgentName, CutOff>();
  /** In milliseconds. */
  readonly #voidUntil = new Map<AgentName, number>();
  readonly #blocked = new Map<ClientId, CutOff>();
  readonly #audit: MemoryAuditStore;

  constructor(audit: MemoryAuditStore) {
    this.#audit = audit;
  }

  async revokeAgent(
    agent: AgentName,
    cutOff: CutOff,
    audit: readonly AuditEvent[],
  ): Promise<'revoked' | 'already_revoked'> {
    return (await this.#set(this.#revoked, agent, cutOff, audit)) ? 'revoked' : 'already_revoked';
  }

  async restoreAgent(agent: AgentName, audit: readonly AuditEvent[]): Promise<'restored' | 'not_revoked'> {
    const revocation = this.#revoked.get(agent);
    if (revocation === undefined || !(await this.#delete(this.#revoked, agent, audit))) {
      return 'not_revoked';
    }
    const secondMs = Math.floor(revocation.at.getTime() / 1000) * 1000;
    this.#voidUntil.set(agent, Math.max(secondMs, this.#voidUntil.get(agent) ?? secondMs));
    return 'restored';
  }

  async blockClient(
    client: ClientId,
    cutOff: CutOff,
    audit: readonly AuditEvent[],
  ): Promise<'blocked' | 'already_blocked'> {
    return (await this.#set(this.#blocked, client, cutOff, audit)) ? 'blocked' : 'already_blocked';
  }

  async unblockClient(client: ClientId, audit: readonly AuditEvent[]): Promise<'unblocked' | 'not_blocked'> {
    return (await this.#delete(this.#blocked, client, audit)) ? 'unblocked' : 'not_blocked';
  }

  isBlocked(client: ClientId): Promise<boolean> {
    return Promise.resolve(this.#blocked.has(client));
  }

  /** As it is now: the step within which the other memory stores decide. */
  revocationOf(agent: AgentName): CutOff | undefined {
    return this.#revoked.get(agent) ?? this.#revoked.get(agentNameOf(ownerOf(agent).clientId));
  }

  tokensVoidUntil(agent: AgentName): Date | undefined {
    const times = [agent, agentNameOf(ownerOf(agent).clientId)].flatMap(
      (name) => this.#voidUntil.get(name) ?? [],
    );
    return times.length === 0 ? undefined : new Date(Math.max(...times));
  }

  blockOf(client: ClientId): CutOff | undefined {
    return this.#blocked.get(client);
  }

  get revoked(): readonly AgentName[] {
    return [...this.#revoked.keys()];
  }

  get blocked(): readonly ClientId[] {
    return [...this.#blocked.keys()];
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what goes wrong is a rejection, as in every store
  async #set<Name>(
    cutOffs: Map<Name, CutOff>,
    name: Name,
    cutOff: CutOff,
    audit: readonly AuditEvent[],
  ): Promise<boolean> {
    if (cutOffs.has(name)) {
      return false;
    }
    this.#audit.commit(audit);
    cutOffs.set(name, cutOff);
    return true;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what goes wrong is a rejection, as in every store
  async #delete<Name>(
    cutOffs: Map<Name, CutOff>,
    name: Name,
    audit: readonly AuditEvent[],
  ): Promise<boolean> {
    if (!cutOffs.has(name)) {
      return false;
    }
    this.#audit.commit(audit);
    return cutOffs.delete(name);
  }
}
