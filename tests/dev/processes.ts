import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { processIdentity } from '../../dev/process/process-identity.ts';

export interface Fixture {
  readonly process: ChildProcess;
  /** The first line it wrote. */
  readonly line: string;
}

/** Runs a program of the repository as somebody's shell would, until it has said its first line. */
export async function runUntilFirstLine(
  path: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Fixture> {
  const file = fileURLToPath(new URL(path, import.meta.url));
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'ignore'], env });
  for await (const line of createInterface({ input: child.stdout })) return { process: child, line };
  throw new Error(`${path} ended without a word`);
}

export function alive(pids: readonly number[]): readonly number[] {
  return pids.filter((pid) => processIdentity(pid) !== undefined);
}

export function numbersIn(text: string): readonly number[] {
  return (text.match(/\d+/g) ?? []).map(Number);
}
