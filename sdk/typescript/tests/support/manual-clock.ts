import { setImmediate as turn } from 'node:timers/promises';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** A monotonic clock that stands still until it is told. Stands for `now` and `sleep` of the keeper. */
export class ManualClock {
  #nowMs: number;
  #sleepers: readonly Sleeper[] = [];

  constructor(startMs = 1_000_000) {
    this.#nowMs = startMs;
  }

  readonly now = (): number => this.#nowMs;

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const sleeper = { atMs: this.#nowMs + ms, wake: resolve };
      this.#sleepers = [...this.#sleepers, sleeper];
      signal.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(new Error('woken'));
      });
    });

  /** When the next sleeper wakes, from now. */
  get nextInMs(): number | undefined {
    const [first] = this.#due(Infinity);
    return first === undefined ? undefined : first.atMs - this.#nowMs;
  }

  /** Wakes who is due on the way, one after the other, each with what it does next. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settled();
    for (let [next] = this.#due(endMs); next !== undefined; [next] = this.#due(endMs)) {
      const { wake } = next;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      wake();
      await settled();
    }
    this.#nowMs = endMs;
  }

  #due(endMs: number): readonly Sleeper[] {
    return this.#sleepers.filter(({ atMs }) => atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs);
  }
}

/** Everything that can go on without time passing has done so. */
export async function settled(): Promise<void> {
  await turn();
  await turn();
}
