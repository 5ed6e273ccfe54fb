/** The echo agent: Entra credential -> registration at LKPS -> LiveKit worker on the LKPS token, kept alive by renewal. */
import { emit, log } from './event-line.ts'; // first: keeps standard output for events
import { entraTokens } from './entra-token.ts';
import { register } from './register.ts';
import { RegistrationKeeper } from './registration-keeper.ts';
import { takeSettings } from './settings.ts';
import { createWorker, closeWorker } from './worker.ts';
import { registerWithLkpsToken } from './worker-token.ts';

type Step = 'configure' | 'register' | 'renew' | 'worker';

const stopped = new Promise<'stopped'>((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      resolve('stopped');
    });
  }
});

process.exit(await main());

async function main(): Promise<number> {
  const settings = await attempt('configure', () => Promise.resolve(takeSettings(process.env)));
  if (settings === undefined) return 1;
  const entraToken = entraTokens(settings);
  const starting = attempt('register', () =>
    RegistrationKeeper.start(async () => {
      const token = await timed('entra_token', entraToken);
      return timed('lkps_registered', () => register(settings.registerUrl, token));
    }),
  );
  const keeper = await Promise.race([starting, stopped]);
  if (keeper === undefined) return 1;
  return keeper === 'stopped' ? 0 : work(keeper);
}

/** Works until stopped (0) or until registration or worker end for good (1). */
async function work(keeper: RegistrationKeeper): Promise<number> {
  const { agentName, livekitUrl } = keeper.newest;
  registerWithLkpsToken(() => keeper.currentToken());
  const worker = createWorker(keeper.newest);
  const startedAt = performance.now();
  worker.event.on('worker_registered', () => {
    const ms = Math.round(performance.now() - startedAt);
    emit({ event: 'registered', agent_name: agentName, livekit_url: livekitUrl, ms });
  });
  const ending = await Promise.race([
    stopped,
    attempt('worker', () => worker.run()),
    attempt('renew', () =>
      keeper.run(({ expiresAt }) => {
        emit({ event: 'renewed', expires_at: expiresAt.toISOString() });
      }),
    ),
  ]);
  await closeWorker(worker);
  if (ending !== 'stopped') return 1;
  emit({ event: 'stopped' });
  return 0;
}

/** Says how long a hop took, so that whoever started this agent can show it. */
async function timed<T>(event: 'entra_token' | 'lkps_registered', hop: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await hop();
  emit({ event, ms: Math.round(performance.now() - startedAt) });
  return result;
}

/** What failed is told on both streams: to the program that started this one, and to the person reading the log. */
async function attempt<T>(step: Step, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log('error', `the agent ends: ${step} failed`, { reason });
    emit({ event: 'failed', step, reason });
    return undefined;
  }
}
