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
  type RoomName,
  type Session,
  type SessionFact,
  type SessionId,
  type SessionIntent,
  type SessionKey,
  type SessionStore,
} from '@livekit-platform/service/core';
import type { JsonlAuditStore } from './jsonl-audit-store.ts';

interface Entry {
  readonly intent: SessionIntent;
  readonly facts: ReadonlyMap<string, SessionFact>;
}

/** {@link SessionStore} that lives as long as its process: webhooks about sessions before a restart find none. */
export class ProcessSessionStore implements SessionStore {
  readonly #entries = new Map<SessionId, Entry>();
  readonly #sessionIn = new Map<RoomName, SessionId>();
  readonly #trail: JsonlAuditStore;

  constructor(trail: JsonlAuditStore) {
    this.#trail = trail;
  }

  open(
    intent: SessionIntent,
    audit: readonly AuditEvent[],
    limit?: OpenLimit,
  ): Promise<'opened' | 'too_many_open'> {
    const kept = { ...intent, caller: withoutPersonalData(intent.caller) };
    return this.#trail.commit(() => {
      if (limit !== undefined && this.#openOf(intent.caller.clientId, limit.since) >= limit.maxOpen) {
        return { events: [], apply: () => 'too_many_open' };
      }
      if (this.#entries.has(intent.sessionId) || this.#sessionIn.has(intent.room)) {
        throw new LkpsError('audit_unavailable', 'a session and its room are opened once');
      }
      return {
        events: audit,
        apply: () => {
          this.#entries.set(intent.sessionId, { intent: kept, facts: new Map() });
          this.#sessionIn.set(intent.room, intent.sessionId);
          return 'opened';
        },
      };
    });
  }

  record(
    key: SessionKey,
    facts: readonly SessionFact[],
    describe: DescribeChange,
  ): Promise<'applied' | 'already_known' | 'unknown_session'> {
    return this.#trail.commit(() => {
      const before = this.#entry(key);
      if (before === undefined) {
        return { events: [], apply: () => 'unknown_session' };
      }
      const after = withFacts(before, facts);
      if (after.facts.size === before.facts.size) {
        return { events: [], apply: () => 'already_known' };
      }
      return {
        events: describe(toSession(before), toSession(after)),
        apply: () => {
          this.#entries.set(after.intent.sessionId, after);
          return 'applied';
        },
      };
    });
  }

  /** This service cuts nobody off, but a room may have closed before its token could leave. */
  async grant(
    sessionId: SessionId,
    facts: readonly SessionFact[],
    describe: DescribeChange,
  ): Promise<'applied' | 'already_known' | 'unknown_session' | GrantRefusal> {
    const entry = this.#entry({ sessionId });
    return entry !== undefined && isOver(toSession(entry))
      ? 'session_over'
      : this.record({ sessionId }, facts, describe);
  }

  find(key: SessionKey): Promise<Session | undefined> {
    return this.#trail.commit(() => {
      const entry = this.#entry(key);
      return { events: [], apply: () => entry && toSession(entry) };
    });
  }

  #openOf(client: ClientId, since: Date): number {
    return [...this.#entries.values()].filter(
      (entry) =>
        entry.intent.caller.clientId === client &&
        entry.intent.requestedAt >= since &&
        !isOver(toSession(entry)),
    ).length;
  }

  #entry(key: SessionKey): Entry | undefined {
    const id = 'sessionId' in key ? key.sessionId : this.#sessionIn.get(key.room);
    return id && this.#entries.get(id);
  }
}

/** The first fact of an id stays. */
function withFacts({ intent, facts }: Entry, more: readonly SessionFact[]): Entry {
  return { intent, facts: new Map([...more.map((fact) => [fact.factId, fact] as const), ...facts]) };
}

/** The state is the fold of the facts, in whatever order they came. */
function toSession({ intent, facts }: Entry): Session {
  return { intent, ...foldSession(intent, facts.values()) };
}

function withoutPersonalData(caller: Principal): Principal {
  const { kind, clientId } = caller;
  const userId = caller.kind === 'user' ? caller.userId : undefined;
  return kind === 'application' ? { kind, clientId } : { kind, clientId, ...(userId && { userId }) };
}
