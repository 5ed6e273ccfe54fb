/** One WebSocket message of a worker. */
export interface Frame {
  readonly isBinary: boolean;
  readonly bytes: Uint8Array;
}

export function binary(bytes: Uint8Array): Frame {
  return { isBinary: true, bytes };
}

export function textFrame(text: string): Frame {
  return { isBinary: false, bytes: new TextEncoder().encode(text) };
}
