/** One of LiveKit's API keys. The bytes sign and verify; only the id may be shown. */
export interface LiveKitKey {
  readonly id: string;
  readonly secret: Uint8Array;
}
