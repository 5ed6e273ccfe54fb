export interface RunningService {
  readonly port: number;
  /** Takes nothing new, lets what is going on finish, then closes what was opened. Idempotent. */
  stop(): Promise<void>;
}

export function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= run());
}
