import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { acquireBuildLock } from '../../dev/livekit/build-lock.ts';
import { findOnPath, isExecutable } from '../../dev/livekit/executable.ts';
import { runToEnd } from '../../dev/process/run-to-end.ts';
import { cacheFolder } from '../support/cache-folder.ts';

const SOURCES = fileURLToPath(new URL('./decoder/', import.meta.url));
/** What `go` reads besides the environment every child gets: its own settings and the way to the network. */
const GO_ENVIRONMENT = /^(GO[A-Z0-9]*|CGO_[A-Z]+|(HTTPS?|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR))$/i;

/**
 * The program that reads messages as LiveKit's server does; built on first use into the user's cache, and again when its
 * sources change. A few seconds where the server was built on this machine, two minutes elsewhere.
 */
export async function findDecoder(say: (text: string) => void): Promise<string> {
  const target = join(cacheFolder(), `frame-decoder-${await digest()}`);
  await mkdir(dirname(target), { recursive: true });
  const lock = await acquireBuildLock(`${target}.lock`, {
    isDone: () => isExecutable(target),
    onWait: (holder) => {
      say(`waiting for process ${holder}, which is building the frame decoder`);
    },
  });
  if (lock === undefined) {
    return target;
  }
  const scratch = `${target}.${randomUUID()}`;
  try {
    const go = await findOnPath('go', process.env['PATH']);
    if (go === undefined) {
      throw new Error('Go 1.26 or newer is not on PATH: the decoder of LiveKit cannot be built');
    }
    say(`building the frame decoder with go, once`);
    const env = Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) =>
        GO_ENVIRONMENT.test(name) && value !== undefined ? [[name, value]] : [],
      ),
    );
    await runToEnd({
      name: 'go build',
      command: go,
      args: ['build', '-ldflags', '-s -w', '-o', scratch, '.'],
      cwd: SOURCES,
      env,
    });
    await rename(scratch, target);
    return target;
  } finally {
    await rm(scratch, { force: true });
    await lock.release();
  }
}

async function digest(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['main.go', 'go.mod', 'go.sum']) {
    hash.update(await readFile(join(SOURCES, name)));
  }
  return hash.digest('hex').slice(0, 12);
}
