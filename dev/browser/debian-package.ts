import { access, mkdir, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { acquireBuildLock } from '../livekit/build-lock.ts';
import { runToEnd } from '../process/run-to-end.ts';

const PACKAGE = 'chromium';
/** Older lists name packages that the mirrors no longer have. */
const LISTS_ARE_OLD_AFTER_MS = 24 * 60 * 60 * 1_000;
/** A half-configured package is worse than a slow stop. */
const GRACE_MS = 120_000;
/** The way to the mirrors, where there is a proxy in between. */
const PROXY = /^(https?|no|all)_proxy$/i;

export interface InstallOptions {
  readonly aptGet: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly root: string;
  /** For a person watching: called about once a second. */
  readonly working: (detail: string) => void;
  readonly isDone: () => Promise<boolean>;
  readonly signal?: AbortSignal;
}

export async function isDebianLike(root: string): Promise<boolean> {
  return access(join(root, 'etc/debian_version')).then(
    () => true,
    () => false,
  );
}

/** Installs Debian's Chromium once, without a question; whoever comes second waits for the first. */
export async function installDebianPackage(options: InstallOptions): Promise<void> {
  const locks = lockDirectory(options.env);
  await mkdir(locks, { recursive: true });
  const lock = await acquireBuildLock(join(locks, 'chromium.lock'), {
    onWait: (holder) => {
      options.working(`waiting for process ${holder}, which is installing it`);
    },
    isDone: options.isDone,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (lock === undefined) return;
  try {
    const updated = await areListsOld(options.root);
    if (updated) await apt(options, ['update']);
    await apt(options, INSTALL).catch(async (error: unknown) => {
      options.signal?.throwIfAborted();
      if (updated) throw error;
      await apt(options, ['update']);
      await apt(options, INSTALL);
    });
  } finally {
    await lock.release();
  }
}

const INSTALL = ['install', '--yes', '--no-install-recommends', PACKAGE];

async function apt(options: InstallOptions, args: readonly string[]): Promise<void> {
  const startedAt = performance.now();
  let doing = 'starting';
  const ticking = setInterval(() => {
    const seconds = Math.floor((performance.now() - startedAt) / 1_000);
    options.working(`apt-get ${args[0] ?? ''} (${seconds} s): ${doing}`);
  }, 1_000);
  try {
    await runToEnd({
      name: `apt-get ${args.join(' ')}`,
      command: options.aptGet,
      // Somebody else's apt may be at work on this machine.
      args: ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3', ...args],
      env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C', ...proxies(options.env), ...path(options.env) },
      graceMs: GRACE_MS,
      log: (line) => {
        if (line.trim() !== '') doing = line.trim();
      },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } finally {
    clearInterval(ticking);
  }
}

/** The lists' own times are the mirror's; the directory's changes when they are fetched. */
async function areListsOld(root: string): Promise<boolean> {
  const lists = join(root, 'var/lib/apt/lists');
  const names = await readdir(lists).catch(() => []);
  if (!names.some((name) => name.includes('_Packages'))) return true;
  const times = await Promise.all(
    [lists, join(lists, 'partial')].map((directory) =>
      stat(directory).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Date.now() - Math.max(...times) > LISTS_ARE_OLD_AFTER_MS;
}

function proxies(env: InstallOptions['env']): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && PROXY.test(name)) picked[name] = value;
  }
  return picked;
}

function path(env: InstallOptions['env']): Record<string, string> {
  return env['PATH'] === undefined ? {} : { PATH: env['PATH'] };
}

function lockDirectory(env: InstallOptions['env']): string {
  const cache = env['XDG_CACHE_HOME'];
  return join(cache === undefined || cache === '' ? join(env['HOME'] ?? homedir(), '.cache') : cache, 'lkps');
}
