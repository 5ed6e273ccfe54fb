/** The echo agent: an agent of the platform like any other, that tells its events on standard output. */
import { emit, keepStdoutForEvents } from './event-line.ts'; // first: keeps standard output for events
import { fileURLToPath } from 'node:url';
import { exitCodeOf, InferenceRunner, initializeLogger, Worker } from '../../sdk/typescript/src/index.ts';
import { takePersonalCredential } from './personal-credential.ts';

/** Job processes get this long to leave their rooms before they are killed. */
const CLOSE_JOBS_WITHIN_MS = 1500;

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    stop.abort();
  });
}
initializeLogger({ pretty: false, level: 'warn' });
keepStdoutForEvents();
// An echo detects no turns: spares the process of ~140 MB that would be started for a speech model.
InferenceRunner.registerRunner = () => undefined;

process.exit(await main());

async function main(): Promise<number> {
  try {
    await createWorker().serve({ devmode: true, signal: stop.signal });
    emit({ event: 'stopped' });
    return 0;
  } catch (error) {
    emit({ event: 'failed', reason: error instanceof Error ? error.message : String(error) });
    return exitCodeOf(error);
  }
}

/** For development: never full, small, and it ends its jobs when it stops. */
function createWorker(): Worker {
  const worker = new Worker({
    ...takePersonalCredential(process.env),
    agent: fileURLToPath(new URL('./echo-job.ts', import.meta.url)),
    host: '127.0.0.1',
    port: 0,
    loadFunc: () => Promise.resolve(0),
    loadThreshold: 1,
    numIdleProcesses: 1, // 0 means the default, which is not none
    initializeProcessTimeout: 60_000,
    shutdownProcessTimeout: CLOSE_JOBS_WITHIN_MS,
  });
  const seen = { agent_name: '', livekit_url: '', atMs: 0 };
  worker.on('accessToken', ({ ms }) => {
    emit({ event: 'entra_token', ms });
  });
  worker.on('registered', ({ agentName, livekitUrl, ms }) => {
    Object.assign(seen, { agent_name: agentName, livekit_url: livekitUrl, atMs: performance.now() });
    emit({ event: 'lkps_registered', ms });
  });
  worker.on('connected', () => {
    const { atMs, ...where } = seen;
    emit({ event: 'registered', ...where, ms: Math.round(performance.now() - atMs) });
  });
  worker.on('renewed', ({ expiresAt }) => {
    emit({ event: 'renewed', expires_at: expiresAt });
  });
  return worker;
}
