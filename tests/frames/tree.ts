import { joined, tag, varint, WIRE, type WireType } from './wire.ts';

/** One field of a message, as it was on the wire; `inside` where its bytes read as a message. */
export type Field =
  | { readonly number: number; readonly type: 0; readonly value: bigint; readonly padding?: number }
  | { readonly number: number; readonly type: 1 | 5; readonly bytes: Uint8Array }
  | {
      readonly number: number;
      readonly type: 2;
      readonly bytes: Uint8Array;
      readonly inside?: readonly Field[];
      readonly padding?: number;
    }
  | { readonly number: number; readonly type: 3; readonly inside: readonly Field[] };

const DEEPEST = 6;

/** Undefined for what is no message. Groups are never in what is parsed. */
export function parseTree(bytes: Uint8Array, depth = 0): readonly Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const number = (): bigint | undefined => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) return undefined;
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  while (at < bytes.length) {
    const key = number();
    if (key === undefined || key >> 3n === 0n || key >> 3n > 0x1fff_ffffn) return undefined;
    const [field, type] = [Number(key >> 3n), Number(key & 7n)];
    if (type === WIRE.varint) {
      const value = number();
      if (value === undefined) return undefined;
      fields.push({ number: field, type, value });
    } else if (type === WIRE.fixed32 || type === WIRE.fixed64) {
      const size = type === WIRE.fixed32 ? 4 : 8;
      if (at + size > bytes.length) return undefined;
      fields.push({ number: field, type, bytes: bytes.slice(at, at + size) });
      at += size;
    } else if (type === WIRE.bytes) {
      const size = number();
      if (size === undefined || at + Number(size) > bytes.length) return undefined;
      const content = bytes.slice(at, at + Number(size));
      const inside = depth < DEEPEST && content.length > 0 ? parseTree(content, depth + 1) : undefined;
      fields.push({ number: field, type, bytes: content, ...(inside === undefined ? {} : { inside }) });
      at += Number(size);
    } else {
      return undefined;
    }
  }
  return fields;
}

export function writeTree(fields: readonly Field[]): Uint8Array {
  return joined(...fields.map(writeField));
}

function writeField(field: Field): Uint8Array {
  const padding = 'padding' in field ? field.padding : 0;
  const head = (type: WireType): Uint8Array => tag(field.number, type, padding);
  switch (field.type) {
    case WIRE.varint:
      return joined(head(field.type), varint(field.value, padding));
    case WIRE.fixed32:
    case WIRE.fixed64:
      return joined(head(field.type), field.bytes);
    case WIRE.bytes: {
      const bytes = field.inside === undefined ? field.bytes : writeTree(field.inside);
      return joined(head(field.type), varint(bytes.length, padding), bytes);
    }
    case WIRE.groupStart:
      return joined(head(field.type), writeTree(field.inside), tag(field.number, WIRE.groupEnd));
  }
}
