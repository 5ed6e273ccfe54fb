interface Weighed<Value> {
  readonly value: Value;
  readonly weight: number;
}

export interface LruLimits {
  readonly maxEntries: number;
  readonly maxWeight: number;
}

/** A map that forgets what was used least recently once it holds too many entries, or too much. */
export class LruMap<Key, Value> {
  /** In the order of use: a Map keeps that of insertion. */
  readonly #entries = new Map<Key, Weighed<Value>>();
  readonly #limits: LruLimits;
  #weight = 0;

  constructor(limits: LruLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    return entry?.value;
  }

  set(key: Key, value: Value, weight: number): void {
    this.#remove(key);
    this.#entries.set(key, { value, weight });
    this.#weight += weight;
    for (const [oldest] of this.#entries) {
      if (this.#entries.size <= this.#limits.maxEntries && this.#weight <= this.#limits.maxWeight) {
        return;
      }
      this.#remove(oldest);
    }
  }

  #remove(key: Key): void {
    this.#weight -= this.#entries.get(key)?.weight ?? 0;
    this.#entries.delete(key);
  }
}
