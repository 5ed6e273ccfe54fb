import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 100;

/** Waits until something holds, for what another process does in its own time; rejects with what was seen last. */
export async function eventually<T>(
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) {
      return seen;
    }
    if (performance.now() > deadline) {
      throw new Error(`not within ${timeoutMs} ms; seen last: ${JSON.stringify(seen)}`);
    }
    await delay(POLL_MS);
  }
}
