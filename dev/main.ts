import { parseArgs } from 'node:util';
import { describeExit } from './process/child.ts';
import { guideTo } from './guide.ts';
import { describeStack } from './stack-description.ts';
import { listenForStop } from './stop-request.ts';
import { startStack, type LogSource, type Stack } from './stack.ts';
import { terminalProgress } from './terminal-progress.ts';

/**
 * `npm run dev [-- [--json] [--no-agent] [--graph] [--origin <url>[,..]] [--verbose]]`: the whole platform on this
 * machine until Ctrl-C or SIGTERM. Standard output carries the guide, or one line of JSON; everything else goes to
 * standard error. With `--graph` the service reads the emulator's Graph instead of a file; pages of each `--origin`
 * may call it.
 */
const OPTIONS = {
  json: { type: 'boolean', default: false },
  agent: { type: 'boolean', default: true },
  graph: { type: 'boolean', default: false },
  origin: { type: 'string', multiple: true },
  verbose: { type: 'boolean', default: false },
} as const;
const USAGE = 'usage: npm run dev [-- [--json] [--no-agent] [--graph] [--origin <url>[,..]] [--verbose]]';
const QUIET: readonly LogSource[] = ['postgres', 'livekit'];

type Options = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

const stopping = listenForStop();
// Whoever read the line of JSON may have closed its end.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const options = parseOptions();
process.exitCode = options === undefined ? 2 : await main(options);

function parseOptions(): Options | undefined {
  try {
    const { values } = parseArgs({ options: OPTIONS, allowNegative: true });
    return { ...values, origin: originsOf(values.origin ?? []) };
  } catch (error) {
    const [what = ''] = String(error instanceof Error ? error.message : error).split('. ');
    process.stderr.write(`${what}; ${USAGE}\n`);
    return undefined;
  }
}

function originsOf(lists: readonly string[]): string[] {
  return [...new Set(lists.flatMap((list) => list.split(',')).map(parseOrigin))];
}

/** As browsers send it in `Origin`, which is what the service takes. */
function parseOrigin(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.origin !== value || !/^https?:$/.test(url.protocol) || value.includes('*')) {
    throw new Error(`--origin ${JSON.stringify(value)} is not exactly scheme, host and port of a page`);
  }
  return value;
}

async function main({ json, agent, graph, origin = [], verbose }: Options): Promise<number> {
  const progress = terminalProgress(process.stderr);
  try {
    const stack = await startStack({
      agent,
      directory: graph ? 'graph' : 'file',
      ...(origin.length === 0 ? {} : { env: { LKPS_CORS_ORIGINS: origin.join(',') } }),
      progress,
      log: (source, line) => {
        if (verbose || !QUIET.includes(source)) progress.print(`[${source}] ${line}`);
      },
      signal: stopping.signal,
    });
    return await run(stack, json);
  } catch (error) {
    const asked = stopping.exitCode();
    if (asked !== undefined) return asked;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

/** Until told to stop (0), or until a part of the platform is gone (1). */
async function run(stack: Stack, json: boolean): Promise<number> {
  process.stdout.write(json ? `${JSON.stringify(describeStack(stack))}\n` : guideTo(stack));
  const told = new Promise<undefined>((resolve) => {
    const done = (): void => {
      resolve(undefined);
    };
    if (stopping.signal.aborted) done();
    else stopping.signal.addEventListener('abort', done, { once: true });
  });
  const children = [stack.postgres, stack.livekit, stack.lkps, stack.agentGateway, stack.agent].flatMap(
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
