/** The demo shows only what happened: anything else ends it, with what was seen instead. */
export function expect(what: string, holds: boolean, seen: unknown): asserts holds {
  if (!holds) {
    throw new Error(`expected: ${what}; seen: ${JSON.stringify(seen)}`);
  }
}
