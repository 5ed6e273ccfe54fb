/**
 * Puts a check before a method; whatever it throws is what the caller gets, as a rejection where the method is
 * asynchronous.
 */
export function before(
  owner: object,
  method: string,
  check: (self: object, args: readonly unknown[]) => void,
): void {
  const original: unknown = Reflect.get(owner, method);
  if (typeof original !== 'function') {
    throw new TypeError(`@livekit/agents has no method ${method} any more`);
  }
  const isAsync = original.constructor.name === 'AsyncFunction';
  const guarded = function (this: object, ...args: unknown[]): unknown {
    try {
      check(this, args);
    } catch (error) {
      if (isAsync) return Promise.reject(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
    return Reflect.apply(original, this, args);
  };
  Object.defineProperty(owner, method, { value: guarded, configurable: true, writable: true });
}
