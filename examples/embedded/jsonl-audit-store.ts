import {
  LkpsError,
  type AuditEvent,
  type AuditRecord,
  type AuditStore,
  type EventId,
  type HealthProbe,
  type SessionId,
} from '@livekit-platform/service/core';
import { findRecords, isBeginningOfLine, toLine, toRecord } from './audit-line.ts';
import { withDeadline } from './deadline.ts';
import { JsonlFile, type Span } from './jsonl-file.ts';

/** One step of the service: its events go on record first, and only then is it made. */
export interface Step<T> {
  readonly events: readonly AuditEvent[];
  readonly apply: () => T;
}

const MIN_KEY_BYTES = 32;

/**
 * {@link AuditStore} on a file of JSON lines. One step at a time; each is on disk before its answer is out. Once a write
 * failed it refuses everything until it is opened anew: what is on disk is then unknown.
 */
export class JsonlAuditStore implements AuditStore, HealthProbe {
  readonly #subjectKey: Uint8Array;
  readonly #eventIds = new Set<EventId>();
  readonly #linesOf = new Map<SessionId, Span[]>();
  #file: JsonlFile | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(subjectKey: Uint8Array) {
    this.#subjectKey = subjectKey;
  }

  /** @param subjectKey Keys the hash that stands for a user; at least 32 bytes, the same for the trail's whole life. */
  static async open(path: string, subjectKey: Uint8Array): Promise<JsonlAuditStore> {
    if (subjectKey.byteLength < MIN_KEY_BYTES) {
      throw new RangeError(`a subject key has at least ${MIN_KEY_BYTES} bytes`);
    }
    const store = new JsonlAuditStore(subjectKey);
    store.#file = await JsonlFile.open(path, {
      take: (line, span) => store.#take(line, span),
      isBeginning: isBeginningOfLine,
    });
    return store;
  }

  async append(events: readonly AuditEvent[]): Promise<void> {
    await this.commit(() => ({ events, apply: () => undefined }));
  }

  /**
   * What the stores beside it end with. `decide` runs when its turn comes, so nothing changes between what it sees and
   * what it makes of it. A step whose caller was told that it took too long may still be made; never its half.
   *
   * @throws LkpsError `audit_unavailable`, or what `decide` throws.
   */
  commit<T>(decide: () => Step<T>): Promise<T> {
    return withDeadline((isOverdue) => {
      const step = this.#turn.then(() => {
        if (isOverdue()) {
          throw unavailable('its turn came too late');
        }
        return this.#commit(decide);
      });
      this.#turn = step.catch(() => undefined);
      return step;
    });
  }

  async listBySession(session: SessionId): Promise<readonly AuditRecord[]> {
    const file = this.#usable();
    const spans = this.#linesOf.get(session) ?? [];
    const lines = await withDeadline(() =>
      Promise.all(spans.map(async (span) => getRecords(await file.read(span)))),
    ).catch((cause: unknown) => {
      throw unavailable('the trail could not be read', cause);
    });
    const records = lines.flat().filter(({ sessionId }) => sessionId === session);
    return records.sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
  }

  /** Healthy means that whatever waits now is on disk within the deadline. */
  isHealthy(): Promise<boolean> {
    return withDeadline(() => this.#turn).then(
      () => this.#file !== undefined,
      () => false,
    );
  }

  /** After what was asked for before. */
  close(): Promise<void> {
    const closed = this.#turn.then(() => this.#giveUp());
    this.#turn = closed;
    return closed;
  }

  async #commit<T>(decide: () => Step<T>): Promise<T> {
    const file = this.#usable();
    const { events, apply } = decided(decide);
    const records = events.map((event) => toRecord(event, this.#subjectKey));
    this.#requireNew(records);
    if (records.length > 0) {
      const span = await file.append(toLine(records)).catch(async (cause: unknown) => {
        await this.#giveUp();
        throw unavailable('the trail could not be written', cause);
      });
      this.#remember(records, span);
    }
    return apply();
  }

  #usable(): JsonlFile {
    if (this.#file === undefined) {
      throw unavailable('the trail is closed, or a write to it failed');
    }
    return this.#file;
  }

  #requireNew(records: readonly AuditRecord[]): void {
    const ids = new Set(records.map(({ eventId }) => eventId));
    if (ids.size < records.length || records.some(({ eventId }) => this.#eventIds.has(eventId))) {
      throw unavailable('an event id is used once');
    }
  }

  #take(line: string, span: Span): boolean {
    const records = findRecords(line);
    if (records === undefined) {
      return false;
    }
    this.#remember(records, span);
    return true;
  }

  #remember(records: readonly AuditRecord[], span: Span): void {
    for (const { eventId } of records) {
      this.#eventIds.add(eventId);
    }
    for (const session of new Set(records.map(({ sessionId }) => sessionId))) {
      if (session !== undefined) {
        this.#linesOf.set(session, [...(this.#linesOf.get(session) ?? []), span]);
      }
    }
  }

  async #giveUp(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => undefined);
  }
}

function decided<T>(decide: () => Step<T>): Step<T> {
  try {
    return decide();
  } catch (cause) {
    throw cause instanceof LkpsError ? cause : unavailable('the step could not be described', cause);
  }
}

function getRecords(line: string): readonly AuditRecord[] {
  const records = findRecords(line);
  if (records === undefined) {
    throw new Error('a line of the trail is not what was written');
  }
  return records;
}

function unavailable(why: string, cause?: unknown): LkpsError {
  return new LkpsError('audit_unavailable', why, { cause });
}
