import { fileURLToPath } from 'node:url';
import { startChild, type Child, type ChildExit } from '../../../../dev/process/child.ts';
import { freePort } from '../../../../dev/process/free-port.ts';
import type { FakePlatform } from './fake-platform.ts';

const PROGRAM = fileURLToPath(new URL('../programs/agent.ts', import.meta.url));
/** Says what an agent leaves behind. */
const WATCHED = fileURLToPath(new URL('../../../../tests/sdk/watched.ts', import.meta.url));
export const PATIENCE_MS = 120_000;

export type Line = Readonly<Record<string, unknown>>;

/** An agent's process, and all that it wrote. */
export interface AgentProcess {
  readonly child: Child;
  readonly output: () => string;
  /** Its own lines (`told`), and those of its log (`msg`). */
  readonly lines: () => readonly Line[];
  /** The first line with that `told` or `msg`, also one from before. */
  readonly until: (name: string) => Promise<Line>;
  readonly signal: (name: NodeJS.Signals) => void;
  readonly exit: () => Promise<ChildExit>;
}

export async function startAgent(
  platform: Pick<FakePlatform, 'url'>,
  {
    args = [],
    env = {},
    isWatched = false,
  }: {
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    /** Run by a program that says `left_over` of what was not gone a moment after the agent. */
    readonly isWatched?: boolean;
  } = {},
): Promise<AgentProcess> {
  const written: string[] = [];
  const child = await startChild({
    name: 'agent',
    command: process.execPath,
    args: [...(isWatched ? [WATCHED, process.execPath] : []), PROGRAM, ...args],
    env: {
      LKPS_URL: platform.url,
      LKPS_SCOPE: 'api://lkps/.default',
      // Upstream reads 0 as its default port in `start`.
      TEST_PORT: String(await freePort()),
      ...env,
    },
    graceMs: 1_000,
    log: (line) => void written.push(line),
  });
  const nameOf = (text: string): string | undefined => {
    const line = parse(text);
    return String(line['told'] ?? line['msg']);
  };
  return {
    child,
    output: () => written.join('\n'),
    lines: () => written.filter((line) => line.startsWith('{')).map(parse),
    until: async (name) => parse(await child.waitForLine((line) => nameOf(line) === name, PATIENCE_MS)),
    signal: (name) => {
      process.kill(child.pid, name);
    },
    exit: () => child.exited,
  };
}

function parse(line: string): Line {
  return line.startsWith('{') ? (JSON.parse(line) as Line) : {};
}
