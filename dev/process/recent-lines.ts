import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';

export type LineListener = (line: string, stream: 'stdout' | 'stderr') => void;

/** The output of a process line by line, with its tail kept to explain a failure. */
export class RecentLines {
  readonly #kept: { readonly line: string; readonly stream: 'stdout' | 'stderr' }[] = [];
  readonly #listeners = new Set<LineListener>();
  readonly #limit: number;

  constructor(limit = 400) {
    this.#limit = limit;
  }

  read(source: Readable, stream: 'stdout' | 'stderr'): void {
    createInterface({ input: source, crlfDelay: Infinity }).on('line', (line) => {
      this.#kept.push({ line, stream });
      if (this.#kept.length > this.#limit) this.#kept.shift();
      for (const listener of this.#listeners) listener(line, stream);
    });
  }

  /** Calls back for the lines kept so far, then for those to come. */
  replayAndFollow(listener: LineListener): () => void {
    for (const { line, stream } of this.#kept) listener(line, stream);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tail(count: number): readonly string[] {
    return this.#kept.slice(-count).map(({ line }) => line);
  }
}
