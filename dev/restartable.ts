import type { Child } from './process/child.ts';

/** A process that can be taken away and brought back as it was. */
export interface Restartable {
  /** The process in hand; another one after `halt()` and `start()`. */
  readonly child: Child;
  readonly halt: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Runs what `serve` runs, from now on. */
export async function restartable(serve: () => Promise<Child>): Promise<Restartable> {
  let child = await serve();
  const halt = async (): Promise<void> => {
    await child.stop();
  };
  return {
    get child() {
      return child;
    },
    halt,
    start: async () => {
      if (!child.running) child = await serve();
    },
    stop: halt,
  };
}
