import { WorkerMessage } from '@livekit/protocol';

type Fields = typeof WorkerMessage.fields;
type Field = NonNullable<ReturnType<Fields['find']>>;

/** `readable`: one known message, in which the decoder finds the very fields that were counted here. */
export type FrameShape = 'readable' | 'simulate_job' | 'unknown' | 'malformed';

/** Of one message, at any depth; libraries send a dozen. The decoder makes something of each, however empty it is. */
const MAX_FIELDS = 1_024;
/** A key and a value. */
const MAX_ENTRY_FIELDS = 2;
const MAX_VARINT_BYTES = 10;
const MAX_UINT32 = 0xffff_ffff;
const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5];
/** Of protobuf's ScalarType: double and the 64 bits, float and the 32 bits, string and bytes. All others are varints. */
const WIRE_TYPES: ReadonlyMap<number, number> = new Map([
  ...[1, 6, 16].map((scalar) => [scalar, FIXED64] as const),
  ...[2, 7, 15].map((scalar) => [scalar, FIXED32] as const),
  ...[9, 12].map((scalar) => [scalar, BYTES] as const),
]);

/**
 * What a frame is, before anything is made of it. One field is what libraries send; more than one is malformed, and so are
 * groups and known fields of a wrong wire type, which the decoder would read as something else than it skips.
 */
export function frameShape(frame: Uint8Array): FrameShape {
  return frame.length === 0 ? 'unknown' : new Scan(frame).whole();
}

/** Every method gives false where the bytes up to `end` are not what it looks for. */
class Scan {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** The last varint; exact up to 32 bits. */
  #value = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  whole(): FrameShape {
    const end = this.#bytes.length;
    if (!this.#uint32(end)) {
      return 'malformed';
    }
    const [number, type] = [this.#value >>> 3, this.#value & 7];
    const field = WorkerMessage.fields.find(number);
    const isKnown = field?.kind === 'message' && type === BYTES;
    if (number === 0 || !(isKnown ? this.#isToEnd(end) : this.#skip(type, end) && this.#at === end)) {
      return 'malformed';
    }
    if (!isKnown) {
      return 'unknown';
    }
    if (field.localName === 'simulateJob') {
      return 'simulate_job'; // nothing in it is read
    }
    return this.#message(field.T.fields, end) ? 'readable' : 'malformed';
  }

  #isToEnd(end: number): boolean {
    return this.#uint32(end) && this.#at + this.#value === end;
  }

  #message(fields: Fields, end: number): boolean {
    return this.#upTo(end, () => {
      if (!this.#uint32(end)) {
        return false;
      }
      const [number, type] = [this.#value >>> 3, this.#value & 7];
      const field = fields.find(number);
      return number > 0 && (field === undefined ? this.#skip(type, end) : this.#known(field, type, end));
    });
  }

  #known(field: Field, type: number, end: number): boolean {
    const expected = wireTypeOf(field);
    const isPacked = field.repeated && expected !== BYTES && type === BYTES;
    if (type !== expected && !isPacked) {
      return false;
    }
    const isNested = field.kind === 'message' || field.kind === 'map' || isPacked;
    if (!isNested) {
      return this.#skip(type, end);
    }
    const inner = this.#uint32(end) ? this.#at + this.#value : Infinity;
    if (inner > end) {
      return false;
    }
    if (field.kind === 'message') {
      return this.#message(field.T.fields, inner);
    }
    return field.kind === 'map' ? this.#entry(inner) : this.#upTo(inner, () => this.#skip(expected, inner));
  }

  /** Of texts by texts. The decoder does not skip other fields of an entry. */
  #entry(end: number): boolean {
    return this.#upTo(
      end,
      () =>
        this.#uint32(end) &&
        (this.#value === ((1 << 3) | BYTES) || this.#value === ((2 << 3) | BYTES)) &&
        this.#skip(BYTES, end),
      MAX_ENTRY_FIELDS,
    );
  }

  #upTo(end: number, next: () => boolean, most = MAX_FIELDS): boolean {
    for (let count = 0; this.#at < end; count += 1) {
      if (count === most || !next()) {
        return false;
      }
    }
    return true;
  }

  #skip(type: number, end: number): boolean {
    if (type === VARINT) {
      return this.#varint(end);
    }
    if (type === BYTES ? !this.#uint32(end) : type !== FIXED32 && type !== FIXED64) {
      return false;
    }
    this.#at += type === BYTES ? this.#value : type === FIXED32 ? 4 : 8;
    return this.#at <= end;
  }

  /** Also in more bytes than it takes. */
  #uint32(end: number): boolean {
    return this.#varint(end) && this.#value <= MAX_UINT32;
  }

  #varint(end: number): boolean {
    const last = Math.min(end, this.#at + MAX_VARINT_BYTES);
    this.#value = 0;
    for (let factor = 1; this.#at < last; factor *= 128) {
      const byte = this.#bytes[this.#at] ?? 0;
      this.#at += 1;
      this.#value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        return true;
      }
    }
    return false;
  }
}

function wireTypeOf(field: Field): number {
  if (field.kind === 'message' || field.kind === 'map') {
    return BYTES;
  }
  return field.kind === 'enum' ? VARINT : (WIRE_TYPES.get(field.T) ?? VARINT);
}
