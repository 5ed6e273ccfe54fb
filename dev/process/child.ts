import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { childEnvironment } from './child-environment.ts';
import { RecentLines } from './recent-lines.ts';

const GUARD = fileURLToPath(new URL('./guard.ts', import.meta.url));
const TAIL_LINES = 20;

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args?: readonly string[];
  /** Added to the allow-list of {@link childEnvironment}; nothing else of the shell's environment gets in. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly log?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** Run as another account (only root can). */
  readonly account?: { readonly uid: number; readonly gid: number };
  readonly stopSignal?: NodeJS.Signals;
  /** How long a stopped process may take before it and its group are killed. */
  readonly graceMs?: number;
  /** Stops the process when aborted. */
  readonly signal?: AbortSignal;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of the stack. It cannot outlive this one: see `guard.ts`. */
export interface Child {
  readonly name: string;
  /** Of the real process, not of its guard. */
  readonly pid: number;
  readonly exited: Promise<ChildExit>;
  readonly running: boolean;
  /** The last lines it wrote. */
  readonly tail: (count?: number) => readonly string[];
  /** The first line of stdout (also one already written) that matches. */
  readonly waitForLine: (matches: (line: string) => boolean, timeoutMs: number) => Promise<string>;
  /** Polls until the probe answers true; rejects with the last lines of output if the process ends before. */
  readonly waitUntilReady: (probe: () => Promise<boolean>, timeoutMs: number) => Promise<void>;
  readonly pause: () => void;
  readonly resume: () => void;
  /** SIGKILL, as a crash would. */
  readonly kill: () => Promise<ChildExit>;
  /** Bounded and idempotent: asks, waits for the grace, then kills the whole group. */
  readonly stop: () => Promise<ChildExit>;
}

export async function startChild(options: ChildOptions): Promise<Child> {
  options.signal?.throwIfAborted();
  const graceMs = options.graceMs ?? 5_000;
  const guard = spawn(process.execPath, [GUARD, ...guardFlags(options, graceMs)], {
    // A group and session of its own: Ctrl-C in the terminal reaches the stack only, which stops in the right order.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    env: childEnvironment(options.env),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const lines = new RecentLines();
  if (guard.stdout !== null) lines.read(guard.stdout, 'stdout');
  if (guard.stderr !== null) lines.read(guard.stderr, 'stderr');
  // The guard may be gone while something is still on its way to it; the pipe is only ever closed.
  guard.stdin?.on('error', () => undefined);
  if (options.log !== undefined) lines.replayAndFollow(options.log);
  return follow(options.name, guard, lines, graceMs, options.signal);
}

function guardFlags(options: ChildOptions, graceMs: number): readonly string[] {
  return [
    ...['--grace', String(graceMs), '--signal', options.stopSignal ?? 'SIGTERM'],
    ...(options.account === undefined
      ? []
      : ['--uid', String(options.account.uid), '--gid', String(options.account.gid)]),
    '--',
    options.command,
    ...(options.args ?? []),
  ];
}

async function follow(
  name: string,
  guard: ChildProcess,
  lines: RecentLines,
  graceMs: number,
  abort: AbortSignal | undefined,
): Promise<Child> {
  const state: { exit?: ChildExit; over?: ChildExit } = {};
  const spawned = new Promise<number>((resolve, reject) => {
    guard.on('message', (message: GuardReport) => {
      if ('pid' in message) resolve(message.pid);
      else if ('failed' in message) reject(new Error(`${name} did not start: ${message.failed}`));
      else state.exit = message;
    });
    guard.once('error', reject);
    guard.once('exit', () => {
      reject(new Error([`${name} did not start`, ...lines.tail(TAIL_LINES)].join('\n  ')));
    });
  });
  const drained = new Promise<void>((resolve) => {
    guard.once('close', () => {
      resolve();
    });
  });
  const exited = once(guard, 'exit').then(async ([code, signal]: unknown[]) => {
    // A guard that was itself killed left its group behind.
    if (guard.pid !== undefined) killGroup(guard.pid);
    // Until the last lines are in; a grandchild in a group of its own may hold the pipe open for longer.
    await Promise.race([drained, delay(500, undefined, { ref: false })]);
    state.over = state.exit ?? { code: code as number | null, signal: signal as NodeJS.Signals | null };
    return state.over;
  });
  exited.catch(() => undefined);

  let stopping: Promise<ChildExit> | undefined;
  const stop = (): Promise<ChildExit> => {
    stopping ??= stopGuard(guard, exited, graceMs);
    return stopping;
  };
  const onAbort = (): void => void stop();
  abort?.addEventListener('abort', onAbort, { once: true });
  void exited.then(() => abort?.removeEventListener('abort', onAbort));

  const pid = await spawned;
  const running = (): boolean => state.exit === undefined && state.over === undefined;
  const signal = (which: NodeJS.Signals): void => {
    if (!running()) return;
    try {
      process.kill(pid, which);
    } catch (error) {
      // It is over, which its guard has yet to report.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  const endedEarly = (exit: ChildExit): Error =>
    new Error([`${name} ended early (${describeExit(exit)})`, ...lines.tail(TAIL_LINES)].join('\n  '));

  return {
    name,
    pid,
    exited,
    get running() {
      return running();
    },
    tail: (count = TAIL_LINES) => lines.tail(count),
    waitForLine: (matches, timeoutMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(
            new Error([`${name} was silent for ${timeoutMs} ms`, ...lines.tail(TAIL_LINES)].join('\n  ')),
          );
          leave();
        }, timeoutMs);
        const leave = lines.replayAndFollow((line, stream) => {
          if (stream !== 'stdout' || !matches(line)) return;
          clearTimeout(timer);
          resolve(line);
        });
        void exited.then((exit) => {
          clearTimeout(timer);
          leave();
          reject(endedEarly(exit));
        });
      }),
    waitUntilReady: async (probe, timeoutMs) => {
      const deadline = performance.now() + timeoutMs;
      while (performance.now() < deadline) {
        if (state.over !== undefined) throw endedEarly(state.over);
        if (await probe().catch(() => false)) return;
        await Promise.race([delay(50), exited]);
      }
      throw new Error(
        [`${name} was not ready within ${timeoutMs} ms`, ...lines.tail(TAIL_LINES)].join('\n  '),
      );
    },
    pause: () => {
      signal('SIGSTOP');
    },
    resume: () => {
      signal('SIGCONT');
    },
    kill: () => {
      signal('SIGKILL');
      return exited;
    },
    stop,
  };
}

type GuardReport = { readonly pid: number } | { readonly failed: string } | ChildExit;

async function stopGuard(
  guard: ChildProcess,
  exited: Promise<ChildExit>,
  graceMs: number,
): Promise<ChildExit> {
  guard.kill('SIGTERM');
  const inTime = await Promise.race([exited, delay(graceMs + 2_000, undefined, { ref: false })]);
  if (inTime === undefined && guard.pid !== undefined) killGroup(guard.pid);
  return exited;
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
}

export function describeExit(exit: ChildExit): string {
  return exit.signal ?? `exit code ${exit.code ?? 'unknown'}`;
}
