import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, ownIdentity } from '../process/process-identity.ts';

export interface BuildLock {
  readonly release: () => Promise<void>;
}

export interface LockOptions {
  /** Called about once a second while another process holds the lock. */
  readonly onWait: (holder: string) => void;
  /** Ends the waiting without the lock, e.g. because the holder has finished the work. */
  readonly isDone: () => Promise<boolean>;
  readonly signal?: AbortSignal;
}

/**
 * One build at a time per machine, for the sake of everybody's minutes and not of correctness: the result appears by one
 * atomic rename, so two builds at once do no harm. A lock whose holder was killed is taken over.
 */
export async function acquireBuildLock(file: string, options: LockOptions): Promise<BuildLock | undefined> {
  for (;;) {
    options.signal?.throwIfAborted();
    if (await options.isDone()) return undefined;
    if (await tryLock(file)) {
      const lock = { release: () => rm(file, { force: true }) };
      // Whoever had it may have finished between the question and the lock.
      if (!(await options.isDone())) return lock;
      await lock.release();
      return undefined;
    }
    const holder = await readFile(file, 'utf8').catch(() => undefined);
    if (holder === undefined) continue;
    if (!isAlive(holder)) {
      await discard(file);
      continue;
    }
    options.onWait(holder.split(' ')[0] ?? '');
    await delay(1_000, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

/** A hard link appears with its content: nobody ever reads a lock without a holder. */
async function tryLock(file: string): Promise<boolean> {
  const own = `${file}.${randomUUID()}`;
  await writeFile(own, ownIdentity());
  try {
    await link(own, file);
    return true;
  } catch {
    return false;
  } finally {
    await rm(own, { force: true });
  }
}

/** By rename, so that only one of several who find the same dead lock removes it. */
async function discard(file: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  await rename(file, aside).catch(() => undefined);
  await rm(aside, { force: true });
}
