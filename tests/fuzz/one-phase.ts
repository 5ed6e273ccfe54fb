import type { ServedLkps } from '../../dev/lkps.ts';
import type { Child } from '../../dev/process/child.ts';
import type { Stack } from '../../dev/stack.ts';
import type { FuzzOptions } from './fuzz-options.ts';
import { hangConnections } from './hanging.ts';
import type { Finding } from './judge.ts';
import type { Ledger } from './ledger.ts';
import { runPhase } from './phase-run.ts';
import { PHASES, type Phase } from './phases.ts';
import { stillWorks } from './proven.ts';
import { ServiceWatch, type Memory } from './service-watch.ts';
import type { World } from './world.ts';

const PROGRESS_MS = 5_000;
/** Below it a process is still growing into its work. */
const LONG_RUN = 20_000;
const MAX_GROWTH = 1.25;
const MAX_MIB = 400;

export interface PhaseParts {
  readonly stack: Stack;
  readonly world: World;
  readonly ledger: Ledger;
  readonly codes: ReadonlySet<string>;
}

export interface PhaseReport {
  readonly name: string;
  readonly requests: number;
  readonly seconds: number;
  readonly memory: Memory;
}

/** One phase, against a process of the service of its own; the first one is the stack's. */
export async function onePhase(
  options: FuzzOptions,
  phase: Phase,
  { stack, world, ledger, codes }: PhaseParts,
): Promise<{ readonly findings: readonly Finding[]; readonly report: PhaseReport }> {
  const isFirst = phase === PHASES[0];
  const service = isFirst ? stack.lkps : await stack.startLkps(phase.env);
  const child = childOf(service);
  const watch = new ServiceWatch(child);
  const requests = Math.ceil(options.requests * phase.share);
  const sent = { count: 0 };
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  const ticking = setInterval(() => {
    const rate = Math.round(sent.count / seconds());
    options.onProgress?.(`${phase.name}: ${sent.count} of ${requests} requests, ${rate}/s`);
  }, PROGRESS_MS);
  try {
    const [found, hanging] = await Promise.all([
      runPhase({
        ...{ phase, seed: options.seed, requests, connections: options.connections },
        ...{ port: service.port, world, ledger, expected: { ...phase, codes } },
        onSent: (count) => {
          sent.count += count;
        },
        isOver: () => !watch.alive || options.signal?.aborted === true,
      }),
      isFirst ? hangConnections(service.port, options.hanging) : [],
    ]);
    const report = { name: phase.name, requests: sent.count, seconds: seconds(), memory: watch.memory() };
    const lives = await livesOn(service, child, world);
    const ends = isFirst ? [] : await endsAsAsked(child); // LiveKit's webhooks still go to the first
    return { findings: [...found, ...hanging, ...lives, ...ends, ...grown(report)], report };
  } finally {
    clearInterval(ticking);
    watch.memory();
  }
}

/** The process is the same one, and works. */
async function livesOn(service: ServedLkps, child: Child, world: World): Promise<readonly Finding[]> {
  return child.running && childOf(service) === child
    ? stillWorks(service.port, world)
    : [{ law: 'the service lives on', detail: child.tail(10).join('\n') }];
}

async function endsAsAsked(child: Child): Promise<readonly Finding[]> {
  const exit = await child.stop();
  return exit.code === 0 ? [] : [{ law: 'the service ends as asked', detail: JSON.stringify(exit) }];
}

/** In a long run: what a process needs at the end it needed half-way. */
function grown({ requests, memory: { peak, secondQuarter, lastQuarter } }: PhaseReport): readonly Finding[] {
  const growing = requests >= LONG_RUN && lastQuarter > MAX_GROWTH * secondQuarter;
  return growing || peak > MAX_MIB
    ? [{ law: 'memory is bounded', detail: `${secondQuarter} -> ${lastQuarter} MiB, peak ${peak} MiB` }]
    : [];
}

function childOf(service: ServedLkps): Child {
  if (service.child === undefined) {
    throw new Error('the service is no process of its own');
  }
  return service.child;
}
