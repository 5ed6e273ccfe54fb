import { WorkerMessage } from '@livekit/protocol';
import type { Random } from '../fuzz/random.ts';
import { simulations } from '../support/attack-simulations.ts';
import { binary, textFrame, type Frame } from './frame.ts';
import type { Line } from './lines.ts';
import { anyField, bytes, edited, restructured } from './mutations.ts';
import { writeTree } from './tree.ts';
import { validMessage } from './valid-messages.ts';
import { field, group, joined, numberField } from './wire.ts';

const SIMULATIONS = simulations('s-victim');
/** Go's parser goes 10,000 deep. */
const DEPTHS = [10, 99, 101, 2_000, 9_999, 10_001, 30_000];

/** Kinds of frames, each with its share of all. */
export const FRAME_KINDS = [
  { name: 'valid', weight: 20, make: (random: Random, line: Line) => binary(validMessage(random, line)) },
  {
    name: 'restructured',
    weight: 44,
    make: (random: Random, line: Line) => binary(restructured(random, validMessage(random, line))),
  },
  {
    name: 'edited bytes',
    weight: 16,
    make: (random: Random, line: Line) => binary(edited(random, validMessage(random, line))),
  },
  {
    name: 'several in one',
    weight: 5,
    make: (random: Random, line: Line) =>
      binary(joined(...Array.from({ length: random.between(2, 4) }, () => validMessage(random, line)))),
  },
  {
    name: 'another of a wrong type behind it',
    weight: 3,
    make: (random: Random, line: Line) =>
      binary(joined(validMessage(random, line), numberField(random.between(1, 9), random.below(3)))),
  },
  { name: 'SimulateJob', weight: 5, make: simulation },
  {
    name: 'no message',
    weight: 4,
    make: (random: Random) =>
      binary(
        random.chance(0.5)
          ? bytes(random, random.below(60))
          : writeTree(Array.from({ length: random.below(6) }, () => anyField(random))),
      ),
  },
  { name: 'text', weight: 4, make: spelledOut },
  { name: 'deep or long', weight: 0.2, make: excessive },
] as const;

export type FrameKind = (typeof FRAME_KINDS)[number]['name'];

export function anyFrame(random: Random, line: Line): { readonly kind: FrameKind; readonly frame: Frame } {
  const { name, make } = random.weighted(FRAME_KINDS);
  return { kind: name, frame: make(random, line) };
}

function simulation(random: Random, line: Line): Frame {
  const chosen = random.pick(SIMULATIONS);
  if (typeof chosen === 'string') {
    return textFrame(chosen);
  }
  const around = random.chance(0.5) ? validMessage(random, line) : new Uint8Array();
  const whole = random.chance(0.5) ? joined(around, chosen) : joined(chosen, around);
  return binary(random.chance(0.5) ? restructured(random, whole) : whole);
}

/** JSON, as LiveKit also takes it. */
function spelledOut(random: Random, line: Line): Frame {
  const message = WorkerMessage.fromBinary(validMessage(random, line));
  const text = JSON.stringify(message.toJson({ emitDefaultValues: random.chance(0.5) }));
  return textFrame(
    random.pick([text, text.slice(0, random.below(text.length)), '{}', '', 'null', `[${text}]`]),
  );
}

function excessive(random: Random, line: Line): Frame {
  const message = validMessage(random, line);
  const depth = random.pick(DEPTHS);
  const nested = random.chance(0.5) ? groups(depth) : field(random.between(1, 20), 'x'.repeat(depth * 4));
  return binary(random.chance(0.5) ? joined(message, nested) : joined(nested, message));
}

function groups(depth: number): Uint8Array {
  const [start, end] = [group(3, new Uint8Array()).slice(0, 1), group(3, new Uint8Array()).slice(1)];
  return joined(Buffer.alloc(depth, start), Buffer.alloc(depth, end));
}
