import { Random } from '../fuzz/random.ts';
import { startDecoder, type Decoder } from './decoder.ts';
import { findDecoder } from './decoder-build.ts';
import { anyFrame, type FrameKind } from './generate.ts';
import { pass, type Passage } from './gateway-path.ts';
import { judge, kindOf } from './judge.ts';
import { anyLine, type Line } from './lines.ts';

export interface FrameFuzzOptions {
  readonly frames: number;
  readonly seed: number;
  readonly onProgress?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** Of the frames of one kind. */
export interface Tally {
  readonly frames: number;
  /** Of which something reached LiveKit. */
  readonly passed: number;
  readonly closed: number;
  /** LiveKit reads another message in the frame itself than the gateway does, or none where the gateway reads one. */
  readonly readDifferently: number;
  /** LiveKit would have made a job in a room of the worker's choice. */
  readonly simulations: number;
}

export interface Finding {
  /** Counted from 0; a run of one more frame with the same seed ends with it. */
  readonly index: number;
  readonly kind: FrameKind;
  readonly law: string;
  readonly phase: Line['phase'];
  readonly isBinary: boolean;
  readonly hex: string;
}

export interface FrameFuzzReport {
  readonly frames: number;
  readonly messages: number;
  readonly seconds: number;
  readonly tallies: ReadonlyMap<FrameKind, Tally>;
  /** The kinds of message that LiveKit got, and how many. */
  readonly sent: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
}

const BATCH = 1000;
/** How long a line is spoken to, on average: one in this many frames comes to another one. */
const TURN = 6;
const MOST_FINDINGS = 10;

/** The same frames for the same seed. Ends early once enough is found. */
export async function fuzzFrames(options: FrameFuzzOptions): Promise<FrameFuzzReport> {
  const say = options.onProgress ?? (() => undefined);
  const decoder = startDecoder(await findDecoder(say));
  try {
    return await run(options, decoder, say);
  } finally {
    await decoder.close();
  }
}

async function run(
  { frames, seed, signal }: FrameFuzzOptions,
  decoder: Decoder,
  say: (text: string) => void,
): Promise<FrameFuzzReport> {
  const startedAt = performance.now();
  const random = new Random(String(seed));
  const [tallies, sent, findings] = [new Map<FrameKind, Tally>(), new Map<string, number>(), [] as Finding[]];
  let line = anyLine(random);
  let done = 0;
  while (done < frames && findings.length < MOST_FINDINGS && signal?.aborted !== true) {
    const batch: { readonly kind: FrameKind; readonly passage: Passage }[] = [];
    while (batch.length < Math.min(BATCH, frames - done)) {
      const { kind, frame } = anyFrame(random, line);
      const passage = pass(random, line, frame);
      batch.push({ kind, passage });
      // A closed line is spoken to once more, now and then.
      const isOver = passage.after.phase === 'closed' ? random.chance(0.8) : random.chance(1 / TURN);
      line = isOver ? anyLine(random) : passage.after;
    }
    const readings = await decoder.read(
      batch.flatMap(({ passage }) => [passage.frame, ...passage.told.map(({ sent: bytes }) => bytes)]),
    );
    let at = 0;
    for (const [index, { kind, passage }] of batch.entries()) {
      const [asItCame, ...asSent] = readings.slice(at, at + 1 + passage.told.length);
      at += 1 + passage.told.length;
      if (asItCame === undefined) {
        throw new Error('a frame was not read');
      }
      count(tallies, kind, passage, kindOf(asItCame));
      for (const { message } of asSent) {
        const name = Object.keys(message ?? {})[0] ?? 'nothing';
        sent.set(name, (sent.get(name) ?? 0) + 1);
      }
      const law = judge(kind, passage, { asItCame, asSent });
      if (law !== undefined) {
        findings.push(findingOf(done + index, kind, passage, law));
      }
    }
    done += batch.length;
    if (done % 20_000 === 0) {
      say(`${done} frames`);
    }
  }
  return {
    frames: done,
    messages: [...sent.values()].reduce((sum, number) => sum + number, 0),
    seconds: (performance.now() - startedAt) / 1000,
    tallies,
    sent,
    findings,
  };
}

function count(
  tallies: Map<FrameKind, Tally>,
  kind: FrameKind,
  { heard, told, isClosed }: Passage,
  read: string,
): void {
  const before = tallies.get(kind) ?? { frames: 0, passed: 0, closed: 0, readDifferently: 0, simulations: 0 };
  tallies.set(kind, {
    frames: before.frames + 1,
    passed: before.passed + (told.length > 0 ? 1 : 0),
    closed: before.closed + (isClosed ? 1 : 0),
    readDifferently: before.readDifferently + (read === heard.kind ? 0 : 1),
    simulations: before.simulations + (read === 'simulate_job' ? 1 : 0),
  });
}

function findingOf(index: number, kind: FrameKind, { before, frame }: Passage, law: string): Finding {
  const { isBinary, bytes } = frame;
  return { index, kind, law, phase: before.phase, isBinary, hex: Buffer.from(bytes).toString('hex') };
}
