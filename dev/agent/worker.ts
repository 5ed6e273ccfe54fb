import { fileURLToPath } from 'node:url';
import { AgentServer, InferenceRunner, initializeLogger, ServerOptions } from '@livekit/agents';
import type { Registration } from './registration.ts';
import { PLACEHOLDER } from './worker-token.ts';

/** Job processes get this long to leave their rooms before they are killed. */
const CLOSE_JOBS_WITHIN_MS = 1500;
/** A close that waits for a reconnect to fail would take longer. */
const CLOSE_WITHIN_MS = 2500;

/**
 * The LiveKit worker of the echo agent, for development: never full, small, and it ends its jobs when it stops.
 *
 * Its token comes from {@link registerWithLkpsToken}, installed before.
 */
export function createWorker({ agentName, livekitUrl }: Registration): AgentServer {
  initializeLogger({ pretty: false, level: 'warn' });
  keepJobStdoutForEvents();
  doWithoutInference();
  return new AgentServer(
    new ServerOptions({
      agent: fileURLToPath(new URL('./echo-job.ts', import.meta.url)),
      agentName,
      wsURL: livekitUrl,
      ...PLACEHOLDER,
      host: '127.0.0.1',
      port: 0,
      loadFunc: () => Promise.resolve(0),
      loadThreshold: 1,
      numIdleProcesses: 1, // 0 means the default, which is not none
      initializeProcessTimeout: 60_000,
      shutdownProcessTimeout: CLOSE_JOBS_WITHIN_MS,
      maxRetry: Number.MAX_SAFE_INTEGER,
    }),
  );
}

/** Takes no more jobs, ends those running, disconnects. Job processes left over end with this one. */
export async function closeWorker(worker: AgentServer): Promise<void> {
  const closing = async (): Promise<void> => {
    await worker.drain(1).catch(() => undefined);
    await worker.close();
  };
  await Promise.race([closing(), new Promise((resolve) => setTimeout(resolve, CLOSE_WITHIN_MS).unref())]);
}

/** Job processes inherit these arguments; without it the loggers of the modules loaded first there write to stdout. */
function keepJobStdoutForEvents(): void {
  process.execArgv.push('--import', new URL('./event-line.ts', import.meta.url).href);
}

/** An echo detects no turns: spares the process of ~140 MB that would be started for a speech model. */
function doWithoutInference(): void {
  InferenceRunner.registerRunner = () => undefined;
}
