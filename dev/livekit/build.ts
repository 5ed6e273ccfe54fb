import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runToEnd } from '../process/run-to-end.ts';
import { isAlive, ownIdentity } from '../process/process-identity.ts';
import { acquireBuildLock } from './build-lock.ts';
import { isExecutable } from './executable.ts';

/** 1.13.4 does not verify against Go's checksum database. */
export const LIVEKIT_VERSION = '1.13.3';
const MODULE = `github.com/livekit/livekit-server/cmd/server@v${LIVEKIT_VERSION}`;
const SCRATCH = 'livekit-build-';

/** What `go` reads besides the environment every child gets: its own settings and the way to the network. */
const GO_ENVIRONMENT = /^(GO[A-Z0-9]*|CGO_[A-Z]+|CC|CXX|(HTTPS?|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR))$/i;

export interface BuildOptions {
  readonly go: string;
  readonly target: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For a person watching: called about once a second. */
  readonly working: (detail: string) => void;
  readonly signal?: AbortSignal;
}

/** Builds the server once into the cache; whoever comes second waits for the first. */
export async function buildLiveKit(options: BuildOptions): Promise<void> {
  const cache = dirname(options.target);
  await mkdir(cache, { recursive: true });
  const startedAt = performance.now();
  const lock = await acquireBuildLock(`${options.target}.lock`, {
    onWait: (holder) => {
      options.working(`waiting for process ${holder}, which is building it (${elapsed(startedAt)})`);
    },
    isDone: () => isExecutable(options.target),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (lock === undefined) return;
  try {
    await sweepScratch(cache);
    await install(options, cache, startedAt);
  } finally {
    await lock.release();
  }
}

async function install(options: BuildOptions, cache: string, startedAt: number): Promise<void> {
  const scratch = await mkdtemp(join(cache, SCRATCH));
  let doing = 'starting go';
  const ticking = setInterval(() => {
    options.working(`building LiveKit ${LIVEKIT_VERSION} with go, once (${elapsed(startedAt)}): ${doing}`);
  }, 1_000);
  try {
    await writeFile(join(scratch, 'owner'), ownIdentity());
    await runToEnd({
      name: `go install ${MODULE}`,
      command: options.go,
      args: ['install', '-v', MODULE],
      cwd: scratch,
      env: { ...goEnvironment(options.env), GOBIN: scratch },
      log: (line) => {
        doing = describe(line);
      },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    await rename(join(scratch, 'server'), options.target);
  } finally {
    clearInterval(ticking);
    await rm(scratch, { recursive: true, force: true });
  }
}

/** `go: downloading x v1` while it fetches; with -v one package path per line while it compiles. */
function describe(line: string): string {
  const text = line.replace(/^go: /, '').trim();
  return text.includes(' ') ? text : `compiling ${text}`;
}

function goEnvironment(env: BuildOptions['env']): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && GO_ENVIRONMENT.test(name)) picked[name] = value;
  }
  return picked;
}

/** What builds that were killed left behind. */
async function sweepScratch(cache: string): Promise<void> {
  for (const name of (await readdir(cache)).filter((entry) => entry.startsWith(SCRATCH))) {
    const owner = await readFile(join(cache, name, 'owner'), 'utf8').catch(() => '');
    if (!isAlive(owner)) await rm(join(cache, name), { recursive: true, force: true });
  }
}

function elapsed(startedAt: number): string {
  const seconds = Math.floor((performance.now() - startedAt) / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
