import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StackDescription } from '../../dev/description.ts';
import { startChild, type Child, type ChildOptions } from '../../dev/process/child.ts';
import { eventually } from '../support/eventually.ts';
import { EXAMPLES_FOLDER } from './examples-programs.ts';
import { PYTHON_SOURCES } from './stage.ts';

const PRELOAD = fileURLToPath(new URL('./examples-preload/', import.meta.url));
const NODE_PRELOAD = ['--import', join(PRELOAD, 'preload.mjs')];
const LOGGED_MS = 180_000;
const LINES = 400;
/** Where the library measures the load of a control group, it is by this many cores. */
const IDLE = { NUM_CPUS: '1000' };
const PYTHON = { COLUMNS: '200', PYTHONUNBUFFERED: '1' };

/** What an agent's process needs here, of either language, where a shell starts it. */
export const EITHER_LANGUAGE: Readonly<Record<string, string>> = {
  ...IDLE,
  ...PYTHON,
  PYTHONPATH: [PRELOAD, PYTHON_SOURCES].join(delimiter),
  NODE_OPTIONS: NODE_PRELOAD.join(' '),
};

/** A program of examples/agents, after its end. */
export interface ExampleRun {
  readonly code: number | null;
  readonly output: readonly string[];
}

export interface ExampleProgram {
  readonly python: string;
  /** In examples/agents. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** What it logs once it takes jobs. */
  readonly ready: string;
}

/** Resolves once the agent has logged it. */
export type Logged = (text: string) => Promise<void>;

/** Runs it, from the moment it takes jobs until `act` is over, as a developer does: on a busy machine `start` says it is full. */
export function runExample(
  program: ExampleProgram,
  act: (logged: Logged) => Promise<void>,
): Promise<ExampleRun> {
  return runAgent({ name: program.file, ...commandOf(program) }, program.ready, act);
}

/** The same of any agent. */
export async function runAgent(
  options: ChildOptions,
  ready: string,
  act: (logged: Logged) => Promise<void>,
): Promise<ExampleRun> {
  const agent = await startChild({ ...options, graceMs: 20_000 });
  try {
    await untilLogged(agent, ready);
    await act((text) => untilLogged(agent, text));
  } catch (error) {
    throw new Error([String(error), ...agent.tail(40)].join('\n  '), { cause: error });
  } finally {
    await agent.stop();
  }
  const { code } = await agent.exited;
  return { code, output: agent.tail(LINES) };
}

async function untilLogged(agent: Child, text: string): Promise<void> {
  const isLogged = (): boolean => agent.tail(LINES).some((line) => line.includes(text));
  await eventually(
    () => Promise.resolve(isLogged() || !agent.running),
    (isOver) => isOver,
    LOGGED_MS,
  );
  if (!isLogged()) throw new Error(`it ended before it logged "${text}"`);
}

function commandOf({ python, file, env }: ExampleProgram): {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
} {
  const path = join(EXAMPLES_FOLDER, file);
  if (file.endsWith('.ts')) {
    const args = [...NODE_PRELOAD, path, 'dev'];
    return { command: process.execPath, args, env: { ...env, ...IDLE } };
  }
  const isUpstream = file.endsWith('before.py');
  return {
    command: python,
    // Upstream's own would start itself again at every change of a file.
    args: isUpstream ? [path, 'dev', '--no-reload'] : [path, 'dev'],
    env: {
      ...env,
      ...IDLE,
      ...PYTHON,
      PYTHONPATH: [PRELOAD, ...(isUpstream ? [] : [PYTHON_SOURCES])].join(delimiter),
    },
  };
}

/** What an agent is set to where there is no platform. */
export function plainSettings({
  livekit_url: url,
  livekit_api: api,
}: StackDescription): Readonly<Record<string, string>> {
  return { LIVEKIT_URL: url, LIVEKIT_API_KEY: api.key, LIVEKIT_API_SECRET: api.secret };
}
