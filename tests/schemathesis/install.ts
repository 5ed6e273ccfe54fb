import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { acquireBuildLock } from '../../dev/livekit/build-lock.ts';
import { findOnPath } from '../../dev/livekit/executable.ts';
import { runToEnd } from '../../dev/process/run-to-end.ts';

const REQUIREMENTS = fileURLToPath(new URL('./requirements.txt', import.meta.url));
/** What pip reads besides the environment every child gets: its own settings and the way to the network. */
const PIP_ENVIRONMENT = /^(PIP_\w+|(HTTPS?|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE)$/i;

/** The Python that has schemathesis, in an environment of its own outside the checkout; made on first use. */
export async function installSchemathesis(say: (text: string) => void): Promise<string> {
  const requirements = await readFile(REQUIREMENTS, 'utf8');
  const version = /^schemathesis==(.+)$/m.exec(requirements)?.[1] ?? 'unknown';
  const folder = join(cacheFolder(), `schemathesis-${version}`);
  const python = join(folder, 'bin', 'python');
  const done = join(folder, 'installed.txt');
  const isDone = async (): Promise<boolean> =>
    (await readFile(done, 'utf8').catch(() => '')) === requirements;
  await mkdir(cacheFolder(), { recursive: true });
  const lock = await acquireBuildLock(`${folder}.lock`, {
    isDone,
    onWait: (holder) => {
      say(`waiting for process ${holder}, which is installing schemathesis`);
    },
  });
  if (lock === undefined) {
    return python;
  }
  try {
    say(`installing schemathesis ${version} from PyPI into ${folder}, once`);
    const env = Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) =>
        PIP_ENVIRONMENT.test(name) && value !== undefined ? [[name, value]] : [],
      ),
    );
    await runToEnd({
      name: 'python3 -m venv',
      command: await systemPython(),
      args: ['-m', 'venv', '--clear', folder],
    });
    const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS];
    await runToEnd({ name: 'pip install schemathesis', command: python, args, env });
    await writeFile(done, requirements);
    return python;
  } finally {
    await lock.release();
  }
}

async function systemPython(): Promise<string> {
  const found = await findOnPath('python3', process.env['PATH']);
  if (found === undefined) {
    throw new Error('schemathesis needs python3 (3.10 or newer, with venv) on the PATH');
  }
  return found;
}

function cacheFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'];
  return join(cache === undefined || cache === '' ? join(homedir(), '.cache') : cache, 'lkps');
}
