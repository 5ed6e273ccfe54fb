import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireBuildLock } from '../../dev/livekit/build-lock.ts';
import { findOnPath } from '../../dev/livekit/executable.ts';
import { runToEnd } from '../../dev/process/run-to-end.ts';
import { cacheFolder } from './cache-folder.ts';

/** What pip reads besides the environment every child gets: its own settings and the way to the network. */
const PIP_ENVIRONMENT = /^(PIP_\w+|(HTTPS?|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE)$/i;

export interface PythonPackage {
  /** The one it is all about, with its version in the requirements. */
  readonly name: string;
  /** A file that pins every version. */
  readonly requirements: string;
}

/** The Python that has a package, in an environment of its own outside the checkout; made on first use. */
export async function installPython(
  { name, requirements: file }: PythonPackage,
  say: (text: string) => void,
): Promise<string> {
  const requirements = await readFile(file, 'utf8');
  const version = versionOf(name, requirements);
  const folder = join(cacheFolder(), `${name}-${version}`);
  const python = join(folder, 'bin', 'python');
  const done = join(folder, 'installed.txt');
  const isDone = async (): Promise<boolean> =>
    (await readFile(done, 'utf8').catch(() => '')) === requirements;
  await mkdir(cacheFolder(), { recursive: true });
  const lock = await acquireBuildLock(`${folder}.lock`, {
    isDone,
    onWait: (holder) => {
      say(`waiting for process ${holder}, which is installing ${name}`);
    },
  });
  if (lock === undefined) {
    return python;
  }
  try {
    say(`installing ${name} ${version} from PyPI into ${folder}, once`);
    const env = Object.fromEntries(
      Object.entries(process.env).flatMap(([key, value]) =>
        PIP_ENVIRONMENT.test(key) && value !== undefined ? [[key, value]] : [],
      ),
    );
    await runToEnd({
      name: 'python3 -m venv',
      command: await systemPython(name),
      args: ['-m', 'venv', '--clear', folder],
    });
    const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', file];
    await runToEnd({ name: `pip install ${name}`, command: python, args, env });
    await writeFile(done, requirements);
    return python;
  } finally {
    await lock.release();
  }
}

function versionOf(name: string, requirements: string): string {
  const line = requirements.split('\n').find((text) => text.startsWith(`${name}==`));
  if (line === undefined) {
    throw new Error(`the requirements do not pin ${name}`);
  }
  return line.slice(name.length + 2).trim();
}

async function systemPython(name: string): Promise<string> {
  const found = await findOnPath('python3', process.env['PATH']);
  if (found === undefined) {
    throw new Error(`${name} needs python3 (3.10 or newer, with venv) on the PATH`);
  }
  return found;
}
