/**
 * `npm run fuzz:frames [-- --frames 200000 --seed 1]`: messages of hostile workers through the gateway's decoder, policy and
 * encoder, held against what LiveKit's own decoder reads. Exits 0 only if no law was broken.
 */
import { parseArgs } from 'node:util';
import { listenForStop } from '../../dev/stop-request.ts';
import { fuzzFrames, type FrameFuzzReport } from './run.ts';

const stopping = listenForStop();
const { values } = parseArgs({
  options: { frames: { type: 'string', default: '200000' }, seed: { type: 'string' } },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : whole(values.seed);
  say(`seed ${seed}`);
  const frames = whole(values.frames);
  const report = await fuzzFrames({ frames, seed, onProgress: say, signal: stopping.signal });
  say(describe(report));
  for (const { index, kind, law, phase, isBinary, hex } of report.findings) {
    say(`\nbroken: ${law}\n  frame ${index} (${kind}, ${isBinary ? 'binary' : 'text'}), phase ${phase}`);
    say(`  --seed ${seed} --frames ${index + 1}\n  ${hex}`);
  }
  return report.findings.length === 0 && report.frames === frames ? 0 : 1;
}

function describe({ tallies, sent, frames, messages, seconds, findings }: FrameFuzzReport): string {
  const row = (name: string, ...numbers: readonly (number | string)[]): string =>
    name.padEnd(36) + numbers.map((number) => String(number).padStart(9)).join('');
  return [
    row('', 'frames', 'passed', 'closed', 'differ', 'simulate'),
    ...[...tallies].map(([name, tally]) =>
      row(name, tally.frames, tally.passed, tally.closed, tally.readDifferently, tally.simulations),
    ),
    [...sent].map(([name, number]) => `${name} ${number}`).join(', '),
    `${frames} frames, ${messages} messages to LiveKit, ${findings.length} findings, ${seconds.toFixed(1)} s`,
  ].join('\n');
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new Error(`not a whole number: ${text}`);
  }
  return Number(text);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
