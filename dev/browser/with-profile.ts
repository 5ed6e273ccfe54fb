import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeDirectory } from '../process/temporary-directory.ts';

/**
 * `node with-profile.ts <directory> command args...`: runs the browser and removes its directory once it is over.
 *
 * Runs under the guard (dev/process/guard.ts), so it sees the end of whoever started the stack also when nobody there
 * could run a handler, and the directory goes with the browser.
 */
const [directory, command, ...args] = process.argv.slice(2);
if (directory === undefined || command === undefined) throw new Error('with-profile: no command given');

const scratch = join(directory, 'tmp');
mkdirSync(scratch, { recursive: true });

const browser = spawn(command, [...args, `--user-data-dir=${join(directory, 'profile')}`], {
  stdio: 'inherit',
  // Whatever it writes for its user or between its processes belongs to this run too.
  env: {
    ...process.env,
    HOME: directory,
    XDG_CACHE_HOME: scratch,
    XDG_CONFIG_HOME: scratch,
    TMPDIR: scratch,
  },
});

function end(code: number): never {
  removeDirectory(directory ?? '');
  process.exit(code);
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Nothing in it is worth a clean shutdown.
    browser.kill('SIGKILL');
  });
}
browser.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  end(127);
});
browser.once('exit', (code) => {
  end(code ?? 1);
});
