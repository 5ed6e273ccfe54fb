/**
 * Loaded first in every process that upstream forks (`--import`), however the agent's file is written, and in their threads.
 */
import { removeLiveKitVariables } from './environment.ts';
import { markJobProcess } from './job-mark.ts';

const ALONE_POLL_MS = 250;

markJobProcess();
removeLiveKitVariables(process.env);
// Upstream listens for its worker once the agent's file is loaded, and again when a job starts: a `.env` file may have
// brought the variables back in between.
process.on('newListener', (name) => {
  if (name === 'message') removeLiveKitVariables(process.env);
});
const program = /[\\/]ipc[\\/](job|inference)_proc_lazy_main\.\w+$/.exec(process.argv[1] ?? '')?.[1];
// Not in a process that the agent forks for itself.
if (program !== undefined) outliveSignals();
if (program === 'inference') endWhenAlone();
if (program === 'job') {
  endWithWorker();
  const { installBlocks } = await import('./blocked.ts');
  installBlocks();
}

/** Of a terminal, which go to every process. Upstream does so too, but after the agent's file is loaded. */
function outliveSignals(): void {
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => undefined);
}

/** Killed rather than exited, since the native client crashes on an exit in mid-use. */
function endWithWorker(): void {
  const end = (): void => {
    process.kill(process.pid, 'SIGKILL');
  };
  // Upstream's own watch for a worker that is gone takes 15 s.
  process.once('disconnect', end);
  if (!process.connected) end(); // It was gone before this file was loaded.
  // Upstream hears of a shutdown only once it is warm; told before, it would be waited for, for up to a minute.
  process.on('newListener', function watch(name) {
    if (name !== 'message') return;
    process.off('newListener', watch);
    queueMicrotask(listen);
  });
  const listen = (): void => {
    process.on('message', (message: unknown) => {
      if (isShutdown(message) && process.listenerCount('message') === 1) end();
    });
  };
}

/** Without a listener, which would keep it running: upstream's inference process ends once nobody listens. */
function endWhenAlone(): void {
  const look = (): void => {
    if (!process.connected) process.kill(process.pid, 'SIGKILL');
  };
  setInterval(look, ALONE_POLL_MS).unref();
}

function isShutdown(message: unknown): boolean {
  return (
    typeof message === 'object' && message !== null && Reflect.get(message, 'case') === 'shutdownRequest'
  );
}
