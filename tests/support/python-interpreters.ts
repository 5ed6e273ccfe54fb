import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath, isExecutable } from '../../dev/livekit/executable.ts';

/** What the SDK for Python says it runs on. */
export const PYTHON_VERSIONS = ['3.10', '3.11', '3.12', '3.13', '3.14'] as const;

export type PythonVersion = (typeof PYTHON_VERSIONS)[number];

export interface Interpreter {
  readonly version: PythonVersion;
  readonly path: string;
}

export interface Interpreters {
  readonly found: readonly Interpreter[];
  readonly missing: readonly PythonVersion[];
}

/** Those of this machine, on the PATH or of pyenv; each was asked who it is. */
export async function findInterpreters(): Promise<Interpreters> {
  const looked = await Promise.all(
    PYTHON_VERSIONS.map(async (version) => ({ version, path: await findInterpreter(version) })),
  );
  return {
    found: looked.flatMap(({ version, path }) => (path === undefined ? [] : [{ version, path }])),
    missing: looked.filter(({ path }) => path === undefined).map(({ version }) => version),
  };
}

async function findInterpreter(version: PythonVersion): Promise<string | undefined> {
  const named = await findOnPath(`python${version}`, process.env['PATH']);
  const candidates = [...(await ofPyenv(version)), ...(named === undefined ? [] : [named])];
  for (const path of candidates) {
    if ((await isExecutable(path)) && (await versionOf(path)) === version) return path;
  }
  return undefined;
}

/** The newest patch release first. */
async function ofPyenv(version: PythonVersion): Promise<readonly string[]> {
  const versions = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  const names = await readdir(versions).catch(() => []);
  const patch = (name: string): number => Number(name.slice(version.length + 1));
  return names
    .filter((name) => name.startsWith(`${version}.`) && Number.isInteger(patch(name)))
    .toSorted((one, other) => patch(other) - patch(one))
    .map((name) => join(versions, name, 'bin', 'python'));
}

/** A name on the PATH may be a shim that leads nowhere. */
async function versionOf(path: string): Promise<string | undefined> {
  const script = 'import sys; print("%d.%d" % sys.version_info[:2])';
  const run = promisify(execFile)(path, ['-c', script], { timeout: 20_000 });
  return run.then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}
