import { setTimeout as delay } from 'node:timers/promises';
import { probeStatus } from '../../dev/process/http-probe.ts';
import type { StackFixture } from './stack-fixture.ts';

const ASK_EVERY_MS = 50;
/** From one answer to the next, unless the machine holds somebody up. */
const USUAL_MS = 250;

/**
 * How long something took, less the time in which the machine let nobody do anything: `ask` is a question that costs next
 * to nothing to those whose work is measured, and is put to them again and again meanwhile.
 */
export async function tookMs(work: Promise<unknown>, ask: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  const over = new AbortController();
  const isOver = (): boolean => over.signal.aborted;
  const state = { heardAt: startedAt, stalledMs: 0 };
  const heard = (): void => {
    const now = performance.now();
    state.stalledMs += Math.max(0, now - state.heardAt - USUAL_MS);
    state.heardAt = now;
  };
  const asking = (async () => {
    while (!isOver()) {
      await ask().catch(() => undefined);
      if (!isOver()) heard();
      await delay(ASK_EVERY_MS);
    }
  })();
  try {
    await work;
  } finally {
    over.abort();
    heard();
    await asking;
  }
  return state.heardAt - startedAt - state.stalledMs;
}

/** What costs next to nothing: to a process of the service, and to the database. */
export const trifle =
  ({ sql }: Pick<StackFixture, 'sql'>, url: string) =>
  (): Promise<unknown> =>
    Promise.all([probeStatus(`${url}/nothing`), sql('select 1')]);
