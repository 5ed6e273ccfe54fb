const MARK = Symbol.for('@livekit-platform/agents:job-process');

/** This process runs jobs; the worker is another one's. */
export function markJobProcess(): void {
  Reflect.set(globalThis, MARK, true);
}

export function isJobProcess(): boolean {
  return Reflect.get(globalThis, MARK) === true;
}
