import { createHash } from 'node:crypto';
import {
  agentRefOf,
  LkpsError,
  type AuditEvent,
  type AuditRecord,
  type AuditStore,
  type EventId,
  type Principal,
  type SessionId,
} from '../../core/index.ts';

/** {@link AuditStore} for tests that need no database. */
export class MemoryAuditStore implements AuditStore {
  readonly #events = new Map<EventId, AuditEvent>();

  // eslint-disable-next-line @typescript-eslint/require-await -- what goes wrong is a rejection, as in every store
  async append(events: readonly AuditEvent[]): Promise<void> {
    this.commit(events);
  }

  listBySession(session: SessionId): Promise<readonly AuditRecord[]> {
    const found = this.events.filter(({ sessionId }) => sessionId === session);
    return Promise.resolve(found.sort((a, b) => (a.eventId < b.eventId ? -1 : 1)).map(toRecord));
  }

  /** Everything ever committed, as it was handed in, for assertions. */
  get events(): AuditEvent[] {
    return [...this.#events.values()];
  }

  /** All or none, at once: the step with which the other memory stores end. */
  commit(events: readonly AuditEvent[]): void {
    const ids = new Set(events.map(({ eventId }) => eventId));
    if (ids.size < events.length || [...ids].some((id) => this.#events.has(id))) {
      throw new LkpsError('audit_unavailable', 'an event id is used once');
    }
    for (const event of events) {
      this.#events.set(event.eventId, event);
    }
  }
}

function toRecord({ actor, agent, ...event }: AuditEvent): AuditRecord {
  return {
    ...event,
    ...(actor && { actor: recordedActor(actor) }),
    ...(agent && { agent: agentRefOf(agent, digest) }),
  };
}

function recordedActor(actor: Principal): NonNullable<AuditRecord['actor']> {
  const { kind, clientId } = actor;
  const userId = actor.kind === 'user' ? actor.userId : undefined;
  return { kind, clientId, ...(userId === undefined ? {} : { userRef: digest(userId) }) };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
