import { startChild } from '../../dev/process/child.ts';
import { CLI_BUNDLE } from './bundles.ts';

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `lkps <args>` as a process of its own, with this environment and no other; the one that production runs. */
export async function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cli: string = CLI_BUNDLE,
): Promise<CliRun> {
  const lines = { stdout: [] as string[], stderr: [] as string[] };
  const child = await startChild({
    name: `lkps ${args[0] ?? ''}`,
    command: process.execPath,
    args: [cli, ...args],
    env,
    log: (line, stream) => {
      lines[stream].push(line);
    },
  });
  const { code } = await child.exited;
  return { code, stdout: lines.stdout.join('\n'), stderr: lines.stderr.join('\n') };
}
