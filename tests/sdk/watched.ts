/**
 * `node watched.ts command args...`: runs it, passes signals on, and ends as it ended. Whatever it started has to be gone by
 * then: what is left after a moment is said on standard output, `{"event": "left_over", ..}`. Linux only.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const MARK = 'LKPS_TEST_MARK';
/** A little: helpers of the runtimes end with the process that they help. */
const PATIENCE_MS = 8_000;

const [command = '', ...args] = process.argv.slice(2);
const mark = `${MARK}=${randomUUID()}`;
const env = { ...process.env, [MARK]: mark.slice(MARK.length + 1) };
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
say({ event: 'process', pid: child.pid });
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => child.kill(signal));
}
const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
  child.once('error', () => {
    resolve([127, null]);
  });
  child.once('exit', (...exit) => {
    resolve(exit);
  });
});
let left = leftOver();
for (let waited = 0; left.length > 0 && waited < PATIENCE_MS; waited += 100) {
  await delay(100);
  left = leftOver();
}
if (left.length > 0) say({ event: 'left_over', processes: left });
say({ event: 'exit', code, signal });
process.exit(code ?? 1);

/** Everybody with the mark of the environment that the program was given. */
function leftOver(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const isMarked = readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark);
        return isMarked ? [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')] : [];
      } catch {
        return []; // it has just ended
      }
    });
}

function say(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
