import type { Message } from './message.ts';

/** What is sent over one connection, and how. */
export interface FuzzCase {
  readonly phase: string;
  readonly index: number;
  readonly messages: readonly Message[];
  /** Done to the bytes of all messages, last. */
  readonly edits: readonly ByteEdit[];
  readonly delivery: Delivery;
}

export interface ByteEdit {
  /** Where, as a share of all bytes. */
  readonly at: number;
  readonly kind: 'replace' | 'insert' | 'remove' | 'repeat';
  readonly byte: number;
  readonly count: number;
}

export type Delivery =
  | { readonly kind: 'whole' }
  /** In pieces: where they are cut, as shares of all bytes. */
  | { readonly kind: 'split'; readonly cuts: readonly number[]; readonly pauseMs: number }
  /** Gone after that share, without a word (`reset`) or by closing its side (`end`). */
  | { readonly kind: 'abort'; readonly after: number; readonly how: 'reset' | 'end' };

export function editBytes(bytes: Uint8Array, edits: readonly ByteEdit[]): Uint8Array {
  return edits.reduce((edited, { at, kind, byte, count }) => {
    const place = Math.floor(at * edited.length);
    const [head, tail] = [edited.subarray(0, place), edited.subarray(place)];
    switch (kind) {
      case 'replace':
        return Buffer.concat([head, Buffer.alloc(Math.min(count, tail.length), byte), tail.subarray(count)]);
      case 'insert':
        return Buffer.concat([head, Buffer.alloc(count, byte), tail]);
      case 'remove':
        return Buffer.concat([head, tail.subarray(count)]);
      case 'repeat':
        return Buffer.concat([head, ...Array.from({ length: count }, () => tail.subarray(0, 40)), tail]);
    }
  }, bytes);
}
