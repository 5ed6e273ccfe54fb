import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

/**
 * `node guard.ts [--grace ms] [--signal SIG] [--uid n --gid n] -- command args...`
 *
 * Stands between the stack and one of its processes so that none outlives the stack. The parent holds the other end of
 * stdin: end of file means it is gone, also when nobody could run a handler (SIGKILL). The guard leads its own process
 * group; once its child is over, everything left in that group (the child's children, the guard itself) is killed.
 */
const { values, positionals } = parseArgs({
  options: {
    grace: { type: 'string', default: '5000' },
    signal: { type: 'string', default: 'SIGTERM' },
    uid: { type: 'string' },
    gid: { type: 'string' },
  },
  allowPositionals: true,
});
const [command, ...args] = positionals;
if (command === undefined) throw new Error('guard: no command given');

const child = spawn(command, args, {
  stdio: ['ignore', 'inherit', 'inherit'],
  ...(values.uid === undefined ? {} : { uid: Number(values.uid) }),
  ...(values.gid === undefined ? {} : { gid: Number(values.gid) }),
});

let stopping = false;

function stop(): void {
  if (stopping) return;
  stopping = true;
  child.kill(values.signal as NodeJS.Signals);
  // A paused process would never see the signal.
  child.kill('SIGCONT');
  setTimeout(() => {
    child.kill('SIGKILL');
  }, Number(values.grace));
}

/** Tells the parent, if it still listens, and calls back in either case. */
function report(message: object, then: () => void): void {
  if (process.send === undefined || !process.connected) {
    then();
    return;
  }
  process.send(message, () => {
    then();
  });
}

/** Does not return where the guard leads its group: it is a member itself. */
function sweepGroup(code: number): void {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.exit(code);
  }
}

child.once('spawn', () => {
  report({ pid: child.pid }, () => undefined);
});
child.once('error', (error) => {
  report({ failed: error.message }, () => {
    sweepGroup(127);
  });
});
child.once('exit', (code, signal) => {
  report({ code, signal }, () => {
    sweepGroup(code ?? 1);
  });
});

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.on('SIGHUP', stop);
process.on('disconnect', stop);
process.stdin.on('end', stop);
process.stdin.on('error', stop);
process.stdin.resume();
