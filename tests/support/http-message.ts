/** A request as its bytes would say it; header values are latin1, one character a byte. */
export interface RawRequest {
  readonly method: string;
  /** The request target, query included, as it goes over the wire. */
  readonly target: string;
  /** In wire order; a name may come again. */
  readonly headers?: readonly RawHeader[];
  readonly body?: Uint8Array;
}

export type RawHeader = readonly [name: string, value: string];

export interface RawResponse {
  readonly status: number;
  /** Lower-case name -> values in wire order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Uint8Array;
}

/** Lower-case name -> values in wire order. */
export function groupHeaders(list: readonly RawHeader[]): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  for (const [name, value] of list) {
    const key = name.toLowerCase();
    headers.set(key, [...(headers.get(key) ?? []), value]);
  }
  return headers;
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
