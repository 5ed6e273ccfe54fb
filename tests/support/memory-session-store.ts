import {
  foldSession,
  LkpsError,
  type AuditEvent,
  type DescribeChange,
  type Principal,
  type Session,
  type SessionFact,
  type SessionIntent,
  type SessionKey,
  type SessionStore,
} from '../../core/index.ts';
import type { MemoryAuditStore } from './memory-audit-store.ts';

interface Entry {
  readonly intent: SessionIntent;
  readonly facts: ReadonlyMap<string, SessionFact>;
}

/** {@link SessionStore} for tests that need no database. */
export class MemorySessionStore implements SessionStore {
  readonly #entries = new Map<string, Entry>();
  readonly #audit: MemoryAuditStore;

  constructor(audit: MemoryAuditStore) {
    this.#audit = audit;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what goes wrong is a rejection, as in every store
  async open(intent: SessionIntent, audit: readonly AuditEvent[]): Promise<void> {
    if (this.#entry({ sessionId: intent.sessionId }) ?? this.#entry({ room: intent.room })) {
      throw new LkpsError('audit_unavailable', 'a session and its room are opened once');
    }
    this.#audit.commit(audit);
    const kept = { ...intent, caller: withoutPersonalData(intent.caller) };
    this.#entries.set(intent.sessionId, { intent: kept, facts: new Map() });
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

  find(key: SessionKey): Promise<Session | undefined> {
    const entry = this.#entry(key);
    return Promise.resolve(entry && toSession(entry));
  }

  /** Every session there is, for assertions. */
  get sessions(): readonly Session[] {
    return [...this.#entries.values()].map(toSession);
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
