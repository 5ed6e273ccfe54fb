import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';

/** Of the event loop: enough for what is due by then to get done, on both ends of a loopback connection. */
const TURNS = 200;

/**
 * What the work comes to, which has to be there before a timer that begins with it. For work that happens in this process:
 * where the machine stands still the timer does too, and what is due before it is done before it.
 */
export async function inTime<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const done = new AbortController();
  const working = work();
  const late = delay(ms, undefined, { signal: done.signal }).then(async () => {
    for (let count = 0; count < TURNS; count += 1) await turn();
    throw new Error(`not within ${ms} ms`);
  });
  late.catch(() => undefined); // called off
  try {
    return await Promise.race([working, late]);
  } finally {
    done.abort();
  }
}
