/*
 * Protobuf's wire format, written by hand: what a hostile worker sends is what no library would write.
 * https://protobuf.dev/programming-guides/encoding/
 */

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const;

export type WireType = (typeof WIRE)[keyof typeof WIRE];

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Base 128; `padding` bytes more than it takes, as a canonical writer never does. */
export function varint(value: number | bigint, padding = 0): Uint8Array {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  } while (left > 0n);
  for (let more = 0; more < padding; more += 1) {
    bytes.push(0x80);
  }
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) & 0x7f;
  return Uint8Array.from(bytes);
}

export function tag(field: number, type: WireType, padding = 0): Uint8Array {
  return varint((BigInt(field) << 3n) | BigInt(type), padding);
}

export function numberField(field: number, value: number | bigint): Uint8Array {
  return joined(tag(field, WIRE.varint), varint(value));
}

/** A message within a message, a text, or bytes. */
export function field(number: number, content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return joined(tag(number, WIRE.bytes), varint(bytes.length), bytes);
}

/** The older way to nest, which proto3 has no use for and every parser skips. */
export function group(number: number, content: Uint8Array): Uint8Array {
  return joined(tag(number, WIRE.groupStart), content, tag(number, WIRE.groupEnd));
}
