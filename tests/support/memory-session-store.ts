import {
  foldSession,
  isOver,
  LkpsError,
  type AuditEvent,
  type ClientId,
  type DescribeChange,
  type GrantRefusal,
  type OpenLimit,
  type Principal,
  type Session,
  type SessionFact,
  type SessionId,
  type SessionIntent,
  type SessionKey,
  type SessionStore,
} from '../../core/index.ts';
import type { MemoryAuditStore } from './memory-audit-store.ts';
import { MemoryCutOffStore } from './memory-cut-off-store.ts';

interface Entry {
  readonly intent: SessionIntent;
  readonly facts: ReadonlyMap<string, SessionFact>;
}

/** {@link SessionStore} for tests that need no database. */
export class MemorySessionStore implements SessionStore {
  readonly #entries = new Map<string, Entry>();
  readonly #audit: MemoryAuditStore;
  readonly #cutOffs: MemoryCutOffStore;

  constructor(audit: MemoryAuditStore, cutOffs = new MemoryCutOffStore(audit)) {
    this.#audit = audit;
    this.#cutOffs = cutOffs;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what goes wrong is a rejection, as in every store
  async open(
    intent: SessionIntent,
    audit: readonly AuditEvent[],
    limit?: OpenLimit,
  ): Promise<'opened' | 'too_many_open'> {
    if (this.#entry({ sessionId: intent.sessionId }) ?? this.#entry({ room: intent.room })) {
      throw new LkpsError('audit_unavailable', 'a session and its room are opened once');
    }
    if (limit !== undefined && this.#openOf(intent.caller.clientId, limit.since) >= limit.maxOpen) {
      return 'too_many_open';
    }
    this.#audit.commit(audit);
    const kept = { ...intent, caller: withoutPersonalData(intent.caller) };
    this.#entries.set(intent.sessionId, { intent: kept, facts: new Map() });
    return 'opened';
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what goes wrong is a rejection, as in every store
  async record(
    key: SessionKey,
    facts: readonly SessionFact[],
    describe: DescribeChange,
  ): Promise<'applied' | 'already_known' | 'unknown_session'> {
    const entry = this.#entry(key);
    if (entry === undefined) {
      return 'unknown_session';
    }
    const all = new Map([...facts.map((fact) => [fact.factId, fact] as const), ...entry.facts]);
    if (all.size === entry.facts.size) {
      return 'already_known';
    }
    const { intent } = entry;
    const after = { intent, facts: all };
    this.#audit.commit(described(describe, toSession(entry), toSession(after)));
    this.#entries.set(intent.sessionId, after);
    return 'applied';
  }

  async grant(
    sessionId: SessionId,
    facts: readonly SessionFact[],
    describe: DescribeChange,
  ): Promise<'applied' | 'already_known' | 'unknown_session' | GrantRefusal> {
    const entry = this.#entry({ sessionId });
    return (entry && this.#refusalOf(entry)) ?? this.record({ sessionId }, facts, describe);
  }

  find(key: SessionKey): Promise<Session | undefined> {
    const entry = this.#entry(key);
    return Promise.resolve(entry && toSession(entry));
  }

  /** Every session there is, for assertions. */
  get sessions(): readonly Session[] {
    return [...this.#entries.values()].map(toSession);
  }

  /** In the order they were learnt of. */
  factsOf(sessionId: SessionId): readonly SessionFact[] {
    return [...(this.#entries.get(sessionId)?.facts.values() ?? [])];
  }

  #openOf(client: ClientId, since: Date): number {
    return this.sessions.filter(
      (session) =>
        session.intent.caller.clientId === client && session.intent.requestedAt >= since && !isOver(session),
    ).length;
  }

  #refusalOf(entry: Entry): GrantRefusal | undefined {
    const { agent, caller } = entry.intent;
    if (this.#cutOffs.revocationOf(agent) !== undefined) {
      return 'agent_revoked';
    }
    if (this.#cutOffs.blockOf(caller.clientId) !== undefined) {
      return 'client_blocked';
    }
    return isOver(toSession(entry)) ? 'session_over' : undefined;
  }

  #entry(key: SessionKey): Entry | undefined {
    return 'sessionId' in key
      ? this.#entries.get(key.sessionId)
      : [...this.#entries.values()].find(({ intent }) => intent.room === key.room);
  }
}

function toSession({ intent, facts }: Entry): Session {
  return { intent, ...foldSession(intent, facts.values()) };
}

function described(describe: DescribeChange, before: Session, after: Session): readonly AuditEvent[] {
  try {
    return describe(before, after);
  } catch (cause) {
    throw new LkpsError('audit_unavailable', 'the change could not be described', { cause });
  }
}

function withoutPersonalData(caller: Principal): Principal {
  const { kind, clientId } = caller;
  const userId = caller.kind === 'user' ? caller.userId : undefined;
  return kind === 'application'
    ? { kind, clientId }
    : { kind, clientId, ...(userId === undefined ? {} : { userId }) };
}
