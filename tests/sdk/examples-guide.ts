import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StackDescription } from '../../dev/description.ts';
import { startChild, type ChildOptions } from '../../dev/process/child.ts';
import { createTemporaryDirectory, removeDirectory } from '../../dev/process/temporary-directory.ts';
import { ROOT } from '../support/platform-project.ts';
import { EITHER_LANGUAGE, runAgent, type ExampleRun } from './examples-agent.ts';
import { MESSAGES } from './messages.ts';

/** What docs/getting-started.md has for each terminal, line by line. */
export interface Guide {
  readonly stack: readonly string[];
  readonly agents: Readonly<Record<string, readonly string[]>>;
  readonly client: readonly string[];
  /** What the client prints. */
  readonly said: readonly string[];
}

/** What is there already where the guide is followed here, by ways that take less time. */
export const INSTALLING: readonly string[] = [
  'npm ci',
  'python3 -m venv /tmp/lkps-python && /tmp/lkps-python/bin/pip install -e sdk/python',
  'npm run build -w sdk/typescript',
];
const PYTHON = '/tmp/lkps-python/bin/python';
/** What `npx` would find is the first on the path; and what is signalled is the agent, not a shell or npm before it. */
const ONE_PROCESS = 'npx() { exec "$@"; }';

export async function readGuide(): Promise<Guide> {
  const page = await readFile(`${ROOT}docs/getting-started.md`, 'utf8');
  const [section = ''] = (page.split('\n## On your machine\n')[1] ?? '').split('\n## ');
  const blocksOf = (language: string): readonly (readonly string[])[] =>
    [...section.matchAll(/^```(\w+)\n([^]*?)\n```$/gm)].flatMap(([, written, text = '']) =>
      written === language ? [text.split('\n')] : [],
    );
  const [stack = [], python = [], typescript = [], client = []] = blocksOf('bash');
  const gone = INSTALLING.filter((line) => ![...stack, ...python, ...typescript].includes(line));
  if (gone.length > 0) throw new Error(`the guide does not say so any more: ${gone.join('; ')}`);
  return { stack, agents: { python, typescript }, client, said: blocksOf('text').at(-1) ?? [] };
}

export interface Printed {
  readonly code: number | null;
  readonly lines: readonly string[];
}

/** Terminals in which lines of the guide are run, but for {@link INSTALLING}. */
export interface Terminals {
  /** What is `/tmp/stack.json` in the guide. */
  readonly stackFile: string;
  /** Where `npm run dev` is a stand-in, which tells of the stack that is there. */
  readonly first: (lines: readonly string[]) => Promise<Printed>;
  /** The agent that the last line starts takes jobs until `act` is over. */
  readonly second: (lines: readonly string[], act: () => Promise<void>) => Promise<ExampleRun>;
  readonly third: (lines: readonly string[]) => Promise<Printed>;
  readonly close: () => void;
}

export interface Surroundings {
  readonly description: StackDescription;
  readonly python: string;
  /** Until `agent-a` of the description takes jobs. */
  readonly untilOnline: () => Promise<void>;
}

const STAND_IN = `
if (process.argv.slice(2).join(' ') !== '--json --no-agent') throw new Error('not with these');
process.stdout.write(require('node:fs').readFileSync('description'));
`;

export async function openTerminals({ description, python, untilOnline }: Surroundings): Promise<Terminals> {
  const folder = await createTemporaryDirectory('lkps-guide-');
  const stackFile = join(folder, 'stack.json');
  const manifest = { name: 'stand-in', version: '1.0.0', scripts: { dev: 'node stand-in.cjs' } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'stand-in.cjs'), STAND_IN);
  await writeFile(join(folder, 'description'), `${JSON.stringify(description)}\n`);

  const bash = (cwd: string, lines: readonly string[]): ChildOptions => ({
    name: 'bash',
    command: 'bash',
    args: ['-ec', [ONE_PROCESS, ...lines.flatMap(here)].join('\n')],
    cwd,
    // This Node before any other.
    env: { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` },
  });
  const here = (line: string): readonly string[] =>
    INSTALLING.includes(line)
      ? []
      : [line.replaceAll('/tmp/stack.json', stackFile).replaceAll(PYTHON, `exec ${python}`)];
  return {
    stackFile,
    first: (lines) => printed(bash(folder, lines)),
    second: (lines, act) => {
      const { env, ...options } = bash(ROOT, lines);
      return runAgent(
        { ...options, env: { ...env, ...EITHER_LANGUAGE } },
        MESSAGES.log.connected,
        async () => {
          await untilOnline();
          await act();
        },
      );
    },
    third: (lines) => printed(bash(ROOT, lines)),
    close: () => {
      removeDirectory(folder);
    },
  };
}

async function printed(options: ChildOptions): Promise<Printed> {
  const lines: string[] = [];
  const child = await startChild({ ...options, log: (line) => lines.push(line) });
  const { code } = await child.exited;
  return { code, lines };
}
