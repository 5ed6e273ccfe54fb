import { setTimeout as delay } from 'node:timers/promises';
import { recordOf } from '../platform-client.ts';
import { expect } from './expect.ts';

const PATIENCE_MS = 15_000;
const POLL_MS = 20;

/** What LKPS logged, for how long it took over a request: the part of a hop that only it can tell. */
export class ServiceLog {
  readonly #entries: Readonly<Record<string, unknown>>[] = [];

  add(line: string): void {
    if (line.startsWith('{')) {
      this.#entries.push(recordOf(JSON.parse(line)));
    }
  }

  /** Milliseconds LKPS took over the first request that `matches`; its line may come a little after its answer. */
  async durationOf(matches: (entry: Readonly<Record<string, unknown>>) => boolean): Promise<number> {
    for (const startedAt = performance.now(); performance.now() - startedAt < PATIENCE_MS;) {
      const ms = this.#entries.find(matches)?.['duration_ms'];
      if (typeof ms === 'number') {
        return ms;
      }
      await delay(POLL_MS);
    }
    expect('LKPS to log the request', false, this.#entries);
  }
}
