import { parseArgs } from 'node:util';
import { describeExit } from './process/child.ts';
import { guideTo } from './guide.ts';
import { describeStack } from './stack-description.ts';
import { listenForStop } from './stop-request.ts';
import { startStack, type LogSource, type Stack } from './stack.ts';
import { terminalProgress } from './terminal-progress.ts';

/**
 * `npm run dev [-- --json] [--no-agent] [--verbose]`: the whole platform on this machine until Ctrl-C or SIGTERM.
 * Standard output carries the guide, or one line of JSON; everything else goes to standard error.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    agent: { type: 'boolean', default: true },
    verbose: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

const QUIET: readonly LogSource[] = ['postgres', 'livekit'];
const stopping = listenForStop();
// Whoever read the line of JSON may have closed its end.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const stack = await startStack({
      agent: values.agent,
      progress: terminalProgress(process.stderr),
      log: (source, line) => {
        if (values.verbose || !QUIET.includes(source)) process.stderr.write(`[${source}] ${line}\n`);
      },
      signal: stopping.signal,
    });
    return await run(stack);
  } catch (error) {
    const asked = stopping.exitCode();
    if (asked !== undefined) return asked;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

/** Until told to stop (0), or until a part of the platform is gone (1). */
async function run(stack: Stack): Promise<number> {
  process.stdout.write(values.json ? `${JSON.stringify(describeStack(stack))}\n` : guideTo(stack));
  const told = new Promise<undefined>((resolve) => {
    const done = (): void => {
      resolve(undefined);
    };
    if (stopping.signal.aborted) done();
    else stopping.signal.addEventListener('abort', done, { once: true });
  });
  const children = [stack.postgres, stack.livekit, stack.lkps, stack.agent].flatMap(
    (part) => part?.child ?? [],
  );
  const lost = await Promise.race([
    told,
    ...children.map(async (child) => `${child.name} ended (${describeExit(await child.exited)})`),
  ]);
  if (lost !== undefined && !stopping.signal.aborted) process.stderr.write(`${lost}: stopping everything\n`);
  await stack.stop();
  return stopping.signal.aborted ? 0 : 1;
}
