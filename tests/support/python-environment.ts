import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd } from '../../dev/process/run-to-end.ts';
import { cacheFolder } from './cache-folder.ts';
import { installerEnvironment, installUv, madeOnce, systemPython } from './python-uv.ts';

export interface PythonPackage {
  /** The one it is all about, with its version in the requirements. */
  readonly name: string;
  /** A file that pins every version. */
  readonly requirements: string;
  /** What it is for; default the machine's own. */
  readonly interpreter?: { readonly path: string; readonly version: string };
}

/** The Python that has a package, in an environment of its own outside the checkout; made on first use. */
export async function installPython(
  { name, requirements: file, interpreter }: PythonPackage,
  say: (text: string) => void,
): Promise<string> {
  const requirements = await readFile(file, 'utf8');
  const version = versionOf(name, requirements);
  const path = interpreter?.path ?? (await systemPython());
  const stamp = `compiled, of ${path}\n${requirements}`;
  const key = createHash('sha256').update(stamp).digest('hex').slice(0, 8);
  const python = interpreter === undefined ? '' : `-python${interpreter.version}`;
  const folder = join(cacheFolder(), `${name}-${version}${python}-${key}`);
  await madeOnce(folder, {
    ...{ stamp, name, say },
    make: async () => {
      const uv = await installUv(say);
      say(`installing ${name} ${version} from PyPI into ${folder}, once`);
      await makeEnvironment({ uv, folder, path });
      // Once here, and not in every process that runs from it.
      await uvInstall({ uv, folder }, '--compile-bytecode', '-r', file);
    },
  });
  return join(folder, 'bin', 'python');
}

/** An environment with nothing in it. */
export async function makeEnvironment(made: {
  readonly uv: string;
  readonly folder: string;
  /** The interpreter. */
  readonly path: string;
}): Promise<void> {
  const { uv, folder, path } = made;
  const args = ['venv', '--quiet', '--clear', '--no-config', '--python', path, folder];
  await runToEnd({ name: 'uv venv', command: uv, args, env: installerEnvironment() });
}

/** `uv pip install`, of what is named, into an environment. */
export async function uvInstall(
  { uv, folder }: { readonly uv: string; readonly folder: string },
  ...what: readonly string[]
): Promise<void> {
  const python = join(folder, 'bin', 'python');
  const args = ['pip', 'install', '--quiet', '--no-config', '--python', python, ...what];
  await runToEnd({ name: 'uv pip install', command: uv, args, env: installerEnvironment() });
}

function versionOf(name: string, requirements: string): string {
  const line = requirements.split('\n').find((text) => text.startsWith(`${name}==`));
  if (line === undefined) {
    throw new Error(`the requirements do not pin ${name}`);
  }
  return line.slice(name.length + 2).replace(/[\s;].*$/, '');
}
