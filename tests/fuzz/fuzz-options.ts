export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  readonly connections: number;
  /** Connections that never finish what they began; they take half a minute. */
  readonly hanging: number;
  readonly onProgress?: (text: string) => void;
  readonly signal?: AbortSignal;
}
