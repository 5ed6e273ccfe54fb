import { describeExit, startChild, type ChildOptions } from './child.ts';

/** Runs a guarded process that is meant to end by itself; rejects with its last lines unless it ends with 0. */
export async function runToEnd(options: ChildOptions): Promise<void> {
  const child = await startChild(options);
  const exit = await child.exited;
  if (exit.code === 0) return;
  options.signal?.throwIfAborted();
  throw new Error([`${options.name} failed (${describeExit(exit)})`, ...child.tail()].join('\n  '));
}
