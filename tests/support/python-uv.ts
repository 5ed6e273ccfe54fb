import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireBuildLock } from '../../dev/livekit/build-lock.ts';
import { findOnPath } from '../../dev/livekit/executable.ts';
import { runToEnd } from '../../dev/process/run-to-end.ts';
import { cacheFolder } from './cache-folder.ts';

const UV_VERSION = '0.13.9';
/** What pip and uv read besides the environment every child gets: their own settings and the way to the network. */
const INSTALLERS =
  /^((PIP|UV)_\w+|(HTTPS?|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|NODE_EXTRA_CA_CERTS)$/i;

/** The environment of an installer; an index that pip was told of is uv's too. */
export function installerEnvironment(): Record<string, string> {
  const found = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      INSTALLERS.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
  const index = found['PIP_INDEX_URL'];
  return {
    ...(index === undefined ? {} : { UV_DEFAULT_INDEX: index }),
    UV_PYTHON_DOWNLOADS: 'never',
    ...found,
  };
}

/** Makes a folder's content once, whoever asks at the same time; `stamp` says what it was made from. */
export async function madeOnce(folder: string, { stamp, name, say, make }: MakeOnce): Promise<void> {
  const done = join(folder, 'installed.txt');
  const isDone = async (): Promise<boolean> => (await readFile(done, 'utf8').catch(() => '')) === stamp;
  await mkdir(cacheFolder(), { recursive: true });
  const lock = await acquireBuildLock(`${folder}.lock`, {
    isDone,
    onWait: (holder) => {
      say(`waiting for process ${holder}, which is installing ${name}`);
    },
  });
  if (lock === undefined) return;
  try {
    await make();
    await writeFile(done, stamp);
  } finally {
    await lock.release();
  }
}

export interface MakeOnce {
  readonly stamp: string;
  readonly name: string;
  readonly say: (text: string) => void;
  readonly make: () => Promise<void>;
}

/** The installer, from PyPI, in an environment of its own. */
export async function installUv(say: (text: string) => void): Promise<string> {
  const folder = join(cacheFolder(), `uv-${UV_VERSION}`);
  await madeOnce(folder, {
    ...{ stamp: UV_VERSION, name: 'uv', say },
    make: async () => {
      say(`installing uv ${UV_VERSION} from PyPI into ${folder}, once`);
      const command = await systemPython();
      await runToEnd({ name: 'python3 -m venv', command, args: ['-m', 'venv', '--clear', folder] });
      const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `uv==${UV_VERSION}`];
      const env = installerEnvironment();
      await runToEnd({ name: 'pip install uv', command: join(folder, 'bin', 'python'), args, env });
    },
  });
  return join(folder, 'bin', 'uv');
}

/** The machine's own, for what may run on any from 3.10 on. */
export async function systemPython(): Promise<string> {
  const found = await findOnPath('python3', process.env['PATH']);
  if (found === undefined) {
    throw new Error('python3 (3.10 or newer, with venv) is not on the PATH');
  }
  return found;
}
