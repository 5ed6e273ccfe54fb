import { setTimeout as delay } from 'node:timers/promises';
import type { AgentServer } from '@livekit/agents';
import { say } from './log.ts';
import { firstLine } from './redacted.ts';

const POLL_MS = 50;
/**
 * Without a job, what is left to wait for is processes that do not listen yet and peers that do not answer. Upstream gives
 * each of them up to a minute.
 */
const IDLE_CLOSE_MS = 4_000;

/**
 * Takes no more jobs, and waits for those that run, as long as upstream does; for them only, since upstream would also wait
 * for processes that still load. Never rejects.
 */
export async function drainServer(upstream: AgentServer): Promise<void> {
  const state = { isOver: false };
  const drained = upstream
    .drain()
    .catch((error: unknown) => {
      say('warn', 'jobs did not end in time', { reason: firstLine(error) });
    })
    .then(() => {
      state.isOver = true;
    });
  while (!state.isOver && upstream.activeJobs.length > 0) await Promise.race([drained, delay(POLL_MS)]);
}

/**
 * Ends jobs and connection, within `mostMs`; upstream gives jobs long. Never rejects.
 *
 * @param running - of upstream's `run()`
 * @param release - ends what upstream waits for: a token, a pause before a reconnect
 */
export async function closeServer(
  upstream: AgentServer,
  running: Promise<unknown>,
  { release, mostMs }: { readonly release: () => void; readonly mostMs: number },
): Promise<void> {
  const first = upstream.close();
  release();
  const state = { isClosed: false };
  const closed = Promise.allSettled([running])
    // The first close does nothing where upstream had not come to its jobs yet.
    .then(() => Promise.allSettled([first, upstream.close()]))
    .then(() => {
      state.isClosed = true;
    });
  const startedAt = performance.now();
  const mayWait = (): boolean => {
    const enoughMs = upstream.activeJobs.length > 0 ? mostMs : Math.min(mostMs, IDLE_CLOSE_MS);
    return performance.now() - startedAt < enoughMs;
  };
  while (!state.isClosed && mayWait()) await Promise.race([closed, delay(POLL_MS)]);
}
