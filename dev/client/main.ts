/** The development stack's client: joins a session with the real LiveKit client. It knows LiveKit, not Entra and not LKPS. */
import { emit } from './event-line.ts'; // first: keeps standard output for events
import { dispose } from '@livekit/rtc-node';
import { parseInvocation, USAGE, type Invocation } from './arguments.ts';
import { probeJoin } from './probe-join.ts';
import { reasonOf } from './redact.ts';
import { stay } from './stay.ts';
import { StepFailed } from './step.ts';
import { talk } from './talk.ts';
import { tryOut } from './try-out.ts';

/** Leaving and freeing the native client takes well under a second; after this the process ends without. */
const LEAVE_WITHIN_MS = 3000;

process.exitCode = await main();
await Promise.race([dispose(), new Promise((resolve) => setTimeout(resolve, LEAVE_WITHIN_MS))]);
process.exit();

async function main(): Promise<number> {
  const invocation = parse();
  if (invocation === undefined) return 2;
  const interruption = new AbortController();
  setTimeout(() => {
    interruption.abort(new Error(`timed out after ${invocation.timeoutMs / 1000} s`));
  }, invocation.timeoutMs).unref();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      interruption.abort(new Error(`stopped by ${signal}`));
    });
  }
  try {
    return (await run(invocation, interruption.signal)) ? 0 : 1;
  } catch (error) {
    emit({
      event: 'failed',
      step: error instanceof StepFailed ? error.step : 'client',
      reason: reasonOf(error),
    });
    return 1;
  }
}

function parse(): Invocation | undefined {
  try {
    return parseInvocation(process.argv.slice(2), process.env);
  } catch (error) {
    process.stderr.write(`${reasonOf(error)}\n${USAGE}\n`);
    return undefined;
  }
}

/** @returns whether what the scenario is about happened */
async function run({ access, scenario }: Invocation, interruption: AbortSignal): Promise<boolean> {
  switch (scenario.name) {
    case 'talk':
      await talk(access, scenario.options, interruption);
      return true;
    case 'stay':
      await stay(access, scenario.options, interruption);
      return true;
    case 'try':
      await tryOut(access, scenario.options, interruption);
      return true;
    case 'probe-join':
      return probeJoin(access, scenario.options, interruption);
  }
}
