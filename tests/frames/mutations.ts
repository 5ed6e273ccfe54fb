import type { Random } from '../fuzz/random.ts';
import { parseTree, writeTree, type Field } from './tree.ts';
import { WIRE } from './wire.ts';

/** Field numbers: of the messages, just outside them, and at the edges of what there can be. */
const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 16, 99, 2000, 536_870_911];
const VALUES = [0n, 1n, 2n, 127n, 128n, 2n ** 31n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n];

/** Whatever a field of its own may be, and of no message that is known. */
export function anyField(random: Random, depth = 0): Field {
  const number = random.pick(NUMBERS);
  const inside = (): readonly Field[] =>
    Array.from({ length: random.below(3) }, () => anyField(random, depth + 1));
  switch (random.below(depth > 4 ? 4 : 6)) {
    case 0:
      return { number, type: WIRE.varint, value: random.pick(VALUES), padding: random.pick([0, 0, 1, 3]) };
    case 1:
      return { number, type: WIRE.fixed32, bytes: bytes(random, 4) };
    case 2:
      return { number, type: WIRE.fixed64, bytes: bytes(random, 8) };
    case 3:
      return { number, type: WIRE.bytes, bytes: bytes(random, random.below(12)) };
    case 4:
      return { number, type: WIRE.bytes, bytes: new Uint8Array(), inside: inside() };
    default:
      return { number, type: WIRE.groupStart, inside: inside() };
  }
}

/** A message that still is one, changed in its structure at some depth. */
export function restructured(random: Random, message: Uint8Array): Uint8Array {
  const tree = parseTree(message);
  if (tree === undefined) {
    return message;
  }
  let changed = tree;
  for (let times = random.between(1, 3); times > 0; times -= 1) {
    changed = changeMostlyInside(random, changed);
  }
  return writeTree(changed);
}

/** What is more than one field at the top is no message to the gateway. */
function changeMostlyInside(random: Random, fields: readonly Field[]): readonly Field[] {
  const [only, ...more] = fields;
  return only?.type === WIRE.bytes && only.inside !== undefined && more.length === 0 && random.chance(0.7)
    ? [{ ...only, inside: changeSomewhere(random, only.inside) }]
    : changeSomewhere(random, fields);
}

function changeSomewhere(random: Random, fields: readonly Field[]): readonly Field[] {
  const index = random.below(fields.length + 1);
  const chosen = fields[index];
  if (chosen?.type === WIRE.bytes && chosen.inside !== undefined && random.chance(0.6)) {
    return fields.with(index, { ...chosen, inside: changeSomewhere(random, chosen.inside) });
  }
  if (chosen === undefined || random.chance(0.4)) {
    return fields.toSpliced(index, 0, anyField(random));
  }
  return random.pick(CHANGES)(random, fields, index, chosen);
}

type Change = (random: Random, fields: readonly Field[], index: number, chosen: Field) => readonly Field[];

const CHANGES: readonly Change[] = [
  // Said twice, apart
  (random, fields, _, chosen) => fields.toSpliced(random.below(fields.length + 1), 0, chosen),
  // Not said
  (_, fields, index) => fields.toSpliced(index, 1),
  // Under another number
  (random, fields, index, chosen) => fields.with(index, { ...chosen, number: random.pick(NUMBERS) }),
  // As something else
  (random, fields, index, { number }) => fields.with(index, { ...anyField(random), number }),
  // In longer numbers
  (random, fields, index, chosen) =>
    chosen.type === WIRE.varint || chosen.type === WIRE.bytes
      ? fields.with(index, { ...chosen, padding: random.between(1, 9) })
      : fields,
  // In a group
  (_, fields, index, chosen) =>
    fields.with(index, { number: chosen.number, type: WIRE.groupStart, inside: [chosen] }),
  // In itself
  (_, fields, index, chosen) =>
    fields.with(index, {
      number: chosen.number,
      type: WIRE.bytes,
      bytes: new Uint8Array(),
      inside: [chosen],
    }),
  // Elsewhere
  (random, fields, index, chosen) =>
    fields.toSpliced(index, 1).toSpliced(random.below(fields.length), 0, chosen),
];

/** Bytes changed with no regard for what they mean. */
export function edited(random: Random, message: Uint8Array): Uint8Array {
  let changed = [...message];
  for (let times = random.between(1, 4); times > 0; times -= 1) {
    const at = random.below(changed.length + 1);
    switch (random.below(6)) {
      case 0:
        changed = changed.slice(0, at);
        break;
      case 1:
        changed.splice(at, 0, random.below(256));
        break;
      case 2:
        changed.splice(at, random.between(1, 4));
        break;
      case 3:
        changed.splice(at, 0, ...changed.slice(at, at + random.between(1, 24)));
        break;
      default:
        if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
    }
  }
  return Uint8Array.from(changed);
}

export function bytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}
