import { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';

const OF_UPSTREAM = /[\\/]ipc[\\/](job|inference)_proc_lazy_main\.\w+$/;
const running = new Set<ChildProcess>();
let isWatching = false;

/**
 * From now on no process that upstream forks outlives this one: one that still loads hears of nothing, and would stay for as
 * long as that takes. May be called any number of times.
 */
export function watchJobProcesses(): void {
  if (isWatching) return;
  isWatching = true;
  subscribe('child_process', (message) => {
    const child: unknown = Reflect.get(Object(message) as object, 'process');
    if (!(child instanceof ChildProcess)) return;
    running.add(child);
    child.once('exit', () => running.delete(child));
  });
  process.once('exit', () => {
    for (const child of running) {
      if (child.spawnargs.some((arg) => OF_UPSTREAM.test(arg))) child.kill('SIGKILL');
    }
  });
}
