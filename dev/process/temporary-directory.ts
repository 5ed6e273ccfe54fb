import { rmSync } from 'node:fs';
import { mkdtemp, readFile, readdir, realpath, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, ownIdentity } from './process-identity.ts';

const OWNER = 'owner';
/** A directory without an owner yet is a start in progress; after this long it is a start that was killed. */
const NAMELESS_GRACE_MS = 60_000;

/**
 * A directory for this process's lifetime, 0700. Whoever creates the next one removes those of processes that died
 * without cleaning up (SIGKILL), so that nothing piles up.
 */
export async function createTemporaryDirectory(prefix: string, parent: string = tmpdir()): Promise<string> {
  const root = await realpath(parent);
  await sweep(root, prefix);
  const directory = await mkdtemp(join(root, prefix));
  await writeFile(join(directory, OWNER), `${ownIdentity()}\n`);
  return directory;
}

export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

async function sweep(root: string, prefix: string): Promise<void> {
  const names = await readdir(root);
  await Promise.all(
    names
      .filter((name) => name.startsWith(prefix))
      .map((name) => join(root, name))
      .map(async (directory) => {
        try {
          if (await isAbandoned(directory)) removeDirectory(directory);
        } catch {
          // Another user's, or swept by somebody else meanwhile: not ours to worry about.
        }
      }),
  );
}

async function isAbandoned(directory: string): Promise<boolean> {
  const owner = await readFile(join(directory, OWNER), 'utf8').catch(() => '');
  if (owner.trim() !== '') return !isAlive(owner);
  const { ctimeMs } = await stat(directory);
  return Date.now() - ctimeMs > NAMELESS_GRACE_MS;
}
