import { firstLine, quoted } from './redacted.ts';

const DEEPEST = 8;

/**
 * Why a request came to nothing, such as ECONNREFUSED: the code of the innermost cause that has one, else what the innermost
 * says. `fetch` itself says no more than that it failed.
 */
export function networkReason(error: unknown, secrets: readonly string[] = []): string {
  const causes = [...causesOf(error)];
  const code = causes.map(codeOf).findLast((found) => found !== undefined);
  return code === undefined ? firstLine(causes.at(-1), secrets) : quoted(code, secrets);
}

function* causesOf(error: unknown): Generator {
  let next = error;
  for (let depth = 0; next !== undefined && depth < DEEPEST; depth += 1) {
    yield next;
    if (!(next instanceof Error)) return;
    next = next instanceof AggregateError ? (next.errors as readonly unknown[])[0] : next.cause;
  }
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' && code !== '' ? code : undefined;
}
