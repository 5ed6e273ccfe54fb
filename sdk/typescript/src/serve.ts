import { setTimeout as delay } from 'node:timers/promises';
import { removeLiveKitVariables } from './environment.ts';
import type { Events } from './events.ts';
import { Keeper, type Retry } from './keeper.ts';
import { live, type ServeMode } from './live.ts';
import { ensureLogger, MESSAGES, say } from './log.ts';
import { tellRegistered, tellRetry } from './narrate.ts';
import { assertUsableAgent } from './usable-agent.ts';
import type { WorkerOptions } from './options.ts';
import { Registrar } from './registrar.ts';
import { readSettings } from './settings.ts';

const KEEP_ALIVE_MS = 60_000;

/**
 * From settings to the end: registers, works, keeps the registration, drains and closes.
 *
 * Resolves when `stop` was asked for, in whatever phase; rejects with what ended it otherwise.
 */
export async function serve(options: WorkerOptions, events: Events, mode: ServeMode): Promise<void> {
  // A credential that waits for something may hold nothing that keeps the process running.
  const alive = setInterval(() => undefined, KEEP_ALIVE_MS);
  try {
    await begin(options, events, mode);
  } finally {
    clearInterval(alive);
  }
}

async function begin(options: WorkerOptions, events: Events, mode: ServeMode): Promise<void> {
  ensureLogger();
  const removed = removeLiveKitVariables(process.env);
  if (removed.length > 0) say('warn', MESSAGES.removed(removed.join(', ')));
  const settings = readSettings(process.env, options, options.credential !== undefined);
  assertUsableAgent(options.agent);

  const registrar = new Registrar(settings, options.credential, events);
  const parts = {
    register: (signal: AbortSignal) => registrar.register(signal),
    now: () => performance.now(),
    random: () => Math.random(),
    sleep: (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }),
    onRetry: (retry: Retry) => {
      tellRetry(retry, events);
    },
  };
  const starting = Keeper.start(parts, settings.startTimeoutMs, mode.stop);
  const keeper = await starting.catch((error: unknown) => {
    if (!mode.stop.aborted) throw error;
    return undefined;
  });
  if (keeper === undefined) {
    events.emit('stopping', {});
    return;
  }
  tellRegistered(keeper.newest, registrar.tookMs, events);
  await live(keeper, options, events, mode);
}
