import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findOnPath, isExecutable } from '../livekit/executable.ts';
import { installDebianPackage, isDebianLike } from './debian-package.ts';

/** Debian's, Ubuntu's and Google's names for it. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const VERSION_WITHIN_MS = 20_000;

export interface ChromiumBinary {
  readonly path: string;
  readonly source: 'LKPS_CHROMIUM_BIN' | 'PATH' | 'installed';
}

export interface FindChromiumOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The effective user; only root (0) installs anything. */
  readonly uid?: number;
  /** Where a Debian-like system keeps `etc/debian_version` and apt's lists. */
  readonly root?: string;
  readonly working?: (detail: string) => void;
  readonly signal?: AbortSignal;
}

/** A Chromium that runs: the one asked for, the machine's, or Debian's package installed now. Never silently none. */
export async function findChromium(options: FindChromiumOptions = {}): Promise<ChromiumBinary> {
  const env = options.env ?? process.env;
  const asked = env['LKPS_CHROMIUM_BIN'];
  if (asked !== undefined && asked !== '') {
    if (await isExecutable(asked)) return { path: asked, source: 'LKPS_CHROMIUM_BIN' };
    throw new Error(`LKPS_CHROMIUM_BIN=${asked} is not an executable file`);
  }
  const present = await findInstalled(env);
  if (present !== undefined) return { path: present, source: 'PATH' };

  const aptGet = await findOnPath('apt-get', env['PATH']);
  const root = options.root ?? '/';
  if (aptGet === undefined || !(await isDebianLike(root))) {
    throw new Error(choices('This is no Debian-like system, so it is not installed by itself.'));
  }
  if ((options.uid ?? process.geteuid?.()) !== 0) {
    throw new Error(choices('Only root can install it, and this is another user.'));
  }
  await install({ ...options, env, root, aptGet });
  const installed = await findInstalled(env);
  if (installed === undefined)
    throw new Error(choices('Debian installed its package, yet no Chromium runs.'));
  return { path: installed, source: 'installed' };
}

async function install(
  options: FindChromiumOptions & Omit<Parameters<typeof installDebianPackage>[0], 'working' | 'isDone'>,
): Promise<void> {
  const { env, aptGet, root, working, signal } = options;
  try {
    await installDebianPackage({
      aptGet,
      env,
      root,
      working: working ?? (() => undefined),
      isDone: async () => (await findInstalled(env)) !== undefined,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(choices(`Installing Debian's package failed: ${reason}`), { cause });
  }
}

async function findInstalled(env: Readonly<Record<string, string | undefined>>): Promise<string | undefined> {
  for (const name of NAMES) {
    const file = await findOnPath(name, env['PATH']);
    if (file !== undefined && (await runs(file))) return file;
  }
  return undefined;
}

/** Ubuntu has a program of that name that only says how to get a snap. */
async function runs(file: string): Promise<boolean> {
  try {
    await promisify(execFile)(file, ['--version'], { timeout: VERSION_WITHIN_MS });
    return true;
  } catch {
    return false;
  }
}

function choices(why: string): string {
  return [
    `No Chromium was found. ${why}`,
    'One of these will do:',
    '  - set LKPS_CHROMIUM_BIN to a Chromium or Chrome',
    `  - put one on PATH (${NAMES.join(', ')})`,
    '  - on Debian, as root: apt-get install --no-install-recommends chromium',
  ].join('\n');
}
