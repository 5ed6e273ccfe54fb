import { expect } from 'vitest';
import { ConfigError, parseServeConfig } from '../../composition/config.ts';
import type { Environment } from '../../composition/setting-values.ts';

/** What is wrong with an environment; empty where nothing is. */
export function problemsOf(
  env: Environment,
  parse: (env: Environment) => unknown = parseServeConfig,
): readonly string[] {
  try {
    parse(env);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.problems : expect.unreachable(String(error));
  }
}
