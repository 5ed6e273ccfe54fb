import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { processIdentity } from '../../dev/process/process-identity.ts';

export interface Fixture {
  readonly process: ChildProcess;
  /** The first line it wrote. */
  readonly line: string;
}

/** Runs a program of the repository as somebody's shell would, until it has said its first line. */
export async function runUntilFirstLine(program: URL): Promise<Fixture> {
  const child = spawn(process.execPath, [fileURLToPath(program)], { stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const line of createInterface({ input: child.stdout })) return { process: child, line };
  throw new Error(`${program.pathname} ended without a word`);
}

export function alive(pids: readonly number[]): readonly number[] {
  return pids.filter((pid) => processIdentity(pid) !== undefined);
}

export function numbersIn(text: string): readonly number[] {
  return (text.match(/\d+/g) ?? []).map(Number);
}

/** Its children, their children and so on, at this moment. */
export function descendants(pid: number): readonly number[] {
  const parents = parentOfEach();
  const found = [pid];
  for (const ancestor of found) {
    for (const [child, parent] of parents) if (parent === ancestor) found.push(child);
  }
  return found.slice(1);
}

function parentOfEach(): ReadonlyMap<number, number> {
  if (!existsSync('/proc/self/stat')) {
    const table = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
    return new Map(table.split('\n').map((line) => [numbersIn(line)[0] ?? 0, numbersIn(line)[1] ?? 0]));
  }
  return new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(name)]),
  );
}

/** proc(5): the parent is the second field after the command's name. */
function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
