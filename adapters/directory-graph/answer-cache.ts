import type { Clock } from '../../core/index.ts';
import { LruMap, type LruLimits } from './lru-map.ts';
import { unavailable } from './unavailable.ts';

/** `at`: when it was asked for, not when it came, so that it is never younger than what it says. */
export interface Answer<Value> {
  readonly value: Value;
  readonly at: Date;
}

interface Entry<Value> {
  readonly answer?: Answer<Value> | undefined;
  readonly failure?: { readonly error: unknown; readonly at: Date };
}

export interface AnswerCacheOptions<Value> extends LruLimits {
  readonly clock: Clock;
  /** How much of the limit an answer takes, 1 or more. */
  readonly weigh: (value: Value) => number;
}

/** Whoever asks again within this hears the same failure: 5 s, from when it was asked for. */
const FAILURE_MS = 5000;

/**
 * Answers by key, each used only while it is young enough for the question. One question at a time for each key: who asks
 * meanwhile waits for it too. A failure never makes an old answer good, nor a good one bad.
 */
export class AnswerCache<Key, Value> {
  readonly #entries: LruMap<Key, Entry<Value>>;
  readonly #flights = new Map<Key, Promise<Answer<Value>>>();
  readonly #clock: Clock;
  readonly #weigh: (value: Value) => number;

  constructor({ clock, weigh, ...limits }: AnswerCacheOptions<Value>) {
    this.#clock = clock;
    this.#weigh = weigh;
    this.#entries = new LruMap(limits);
  }

  /** Rejects as `ask` does, or with `authorization_unavailable` for an answer that was too old when it came. */
  async get(key: Key, maxAgeMs: (value: Value) => number, ask: () => Promise<Value>): Promise<Answer<Value>> {
    const { answer: kept, failure } = this.#entries.get(key) ?? {};
    if (kept !== undefined && this.#isYounger(kept.at, maxAgeMs(kept.value))) {
      return kept;
    }
    if (failure !== undefined && this.#isYounger(failure.at, FAILURE_MS)) {
      throw failure.error;
    }
    const answer = await (this.#flights.get(key) ?? this.#fly(key, ask));
    if (!this.#isYounger(answer.at, maxAgeMs(answer.value))) {
      throw unavailable('an answer that took too long to come'); // a function that was frozen meanwhile
    }
    return answer;
  }

  #fly(key: Key, ask: () => Promise<Value>): Promise<Answer<Value>> {
    const at = this.#clock.now();
    const flight = ask()
      .then(
        (value) => {
          const answer = { value, at };
          this.#entries.set(key, { answer }, this.#weigh(value));
          return answer;
        },
        (error: unknown) => {
          const answer = this.#entries.get(key)?.answer;
          const weight = answer === undefined ? 1 : this.#weigh(answer.value);
          this.#entries.set(key, { answer, failure: { error, at } }, weight);
          throw error;
        },
      )
      .finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }

  /** A clock that was set back makes nothing younger. */
  #isYounger(at: Date, maxAgeMs: number): boolean {
    const ageMs = this.#clock.now().getTime() - at.getTime();
    return ageMs >= 0 && ageMs < maxAgeMs;
  }
}
