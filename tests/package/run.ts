import { startChild } from '../../dev/process/child.ts';
import { ROOT } from '../support/platform-project.ts';

export interface Run {
  readonly code: number | null;
  /** Of stdout and stderr. */
  readonly output: string;
}

/** What npm and Node read on their way to a registry; the rest of the shell's environment stays out. */
const NETWORK =
  /^(npm_config_(registry|userconfig|cache|cafile|(https?_?|no)_?proxy)|(https?|no|all)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR))$/i;

/** Runs a program in a folder to its end; a non-zero exit is an answer, not an error. */
export async function run(folder: string, command: string, args: readonly string[]): Promise<Run> {
  const lines: string[] = [];
  const child = await startChild({
    name: command,
    command,
    args,
    cwd: folder,
    env: networkEnvironment(),
    log: (line) => lines.push(line),
  });
  const { code } = await child.exited;
  return { code, output: lines.join('\n') };
}

/** A script of one line, as a module of the folder. */
export function evaluate(folder: string, script: string): Promise<Run> {
  return run(folder, process.execPath, ['--input-type=module', '--eval', script]);
}

/** The compiler of this checkout, on the folder's tsconfig.json. */
export function compile(folder: string): Promise<Run> {
  return run(folder, process.execPath, [`${ROOT}node_modules/typescript/bin/tsc`, '--pretty', 'false']);
}

/** @throws Error with npm's own words. */
export async function npm(folder: string, ...args: readonly string[]): Promise<string> {
  const { code, output } = await run(folder, 'npm', args);
  if (code !== 0) {
    throw new Error(`npm ${args.join(' ')} failed:\n${output}`);
  }
  return output;
}

function networkEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && NETWORK.test(name) ? [[name, value]] : [],
    ),
  );
}
