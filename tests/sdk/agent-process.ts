import { fileURLToPath } from 'node:url';
import { freePort } from '../../dev/process/free-port.ts';
import { startTelling, type ProcessEvent } from '../agents/process-events.ts';
import { eventually } from '../support/eventually.ts';
import type { Language } from './language.ts';
import { parseLogLine, type LogLine } from './log-line.ts';
import { MESSAGES, type MessageName } from './messages.ts';
import { processTree } from './process-tree.ts';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const WATCHED = path('./watched.ts');
const PROGRAM = { python: path('./agent.py'), typescript: path('./agent.ts') } as const;
/** For what is no promise, on a machine that is busy with other tests: to start, and to end. */
const PATIENCE_MS = 120_000;

export interface SdkAgentOptions {
  readonly language: Language;
  /** The Python, where the agent is one of it. */
  readonly python: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** In place of the conformance agent's own. */
  readonly program?: string;
}

/** An agent on the SDK, in a process of its own, and all that it ever said. */
export interface SdkAgent {
  readonly language: Language;
  readonly events: readonly ProcessEvent[];
  readonly log: readonly LogLine[];
  /** Every line of both streams. */
  readonly output: readonly string[];
  readonly until: (event: string, times?: number, timeoutMs?: number) => Promise<void>;
  readonly untilLogged: (message: MessageName, times?: number, timeoutMs?: number) => Promise<LogLine>;
  readonly count: (event: string) => number;
  readonly logged: (message: MessageName) => readonly LogLine[];
  /** Of the agent, and of all that come from it. */
  readonly processes: () => readonly number[];
  readonly signal: (signal: 'SIGINT' | 'SIGTERM') => void;
  /** As a terminal does: to everybody. */
  readonly pressCtrlC: () => void;
  /** Once it is over: its exit code, and what it left behind. */
  readonly ended: (timeoutMs?: number) => Promise<AgentEnd>;
  /** Waits for something else, unless it ends before. */
  readonly unlessOver: <T>(waiting: Promise<T>) => Promise<T>;
  readonly stop: () => Promise<void>;
}

export interface AgentEnd {
  readonly code: unknown;
  readonly left: readonly unknown[];
  /** The reason of its last line: `the agent ends: ..`. */
  readonly reason: string;
}

export async function startSdkAgent(options: SdkAgentOptions): Promise<SdkAgent> {
  const { language } = options;
  const output: string[] = [];
  const log: LogLine[] = [];
  const program = options.program ?? PROGRAM[language];
  const command = language === 'python' ? options.python : process.execPath;
  const telling = await startTelling(
    {
      name: `${language} agent`,
      command: process.execPath,
      args: [WATCHED, command, program, ...(options.args ?? ['start'])],
      env: {
        PYTHONUNBUFFERED: '1',
        CONFORMANCE_PORT: String(await freePort()),
        ...options.env,
      },
      graceMs: 20_000,
    },
    (line) => {
      const text = line.slice(line.indexOf(': ') + 2);
      output.push(text);
      const parsed = parseLogLine(text);
      if (parsed !== undefined) log.push(parsed);
    },
  );
  const { child, events, count, until } = telling;
  const pid = (): number => Number(events.find(({ event }) => event === 'process')?.['pid'] ?? 0);
  const logged = (message: MessageName): readonly LogLine[] =>
    log.filter((line) => line.message === MESSAGES.log[message]);
  return {
    ...{ language, events, log, output, count, logged },
    until: async (event, times = 1, timeoutMs = PATIENCE_MS) => {
      await until(event, times, timeoutMs).catch((error: unknown) => {
        throw new Error([String(error), ...output.slice(-12)].join('\n  '));
      });
    },
    untilLogged: async (message, times = 1, timeoutMs = PATIENCE_MS) => {
      await eventually(
        () => Promise.resolve(logged(message)),
        (lines) => lines.length >= times || !child.running,
        timeoutMs,
      ).catch(() => undefined);
      const line = logged(message)[times - 1];
      if (line === undefined) {
        const asked = `the ${language} agent never logged "${MESSAGES.log[message]}" ${times} times`;
        throw new Error([asked, ...output.slice(-12)].join('\n  '));
      }
      return line;
    },
    processes: () => (pid() === 0 ? [] : processTree(pid())),
    signal: (signal) => {
      process.kill(pid(), signal);
    },
    pressCtrlC: () => {
      for (const one of processTree(pid())) {
        try {
          process.kill(one, 'SIGINT');
        } catch {
          // it has just ended
        }
      }
    },
    ended: async (timeoutMs = PATIENCE_MS) => {
      await eventually(
        () => Promise.resolve(child.running),
        (isRunning) => !isRunning,
        timeoutMs,
      ).catch(() => {
        throw new Error([`the ${language} agent did not end`, ...output.slice(-12)].join('\n  '));
      });
      await child.exited;
      const [prefix = ''] = MESSAGES.log.ends.split('{');
      const last = log.findLast(({ message }) => message.startsWith(prefix));
      return {
        code: events.find(({ event }) => event === 'exit')?.['code'],
        left: events.filter(({ event }) => event === 'left_over').map(({ processes }) => processes),
        reason: last?.message.slice(prefix.length) ?? '',
      };
    },
    unlessOver: (waiting) =>
      Promise.race([
        waiting,
        child.exited.then(() => {
          throw new Error([`the ${language} agent ended`, ...output.slice(-12)].join('\n  '));
        }),
      ]),
    stop: async () => {
      await child.stop();
    },
  };
}
