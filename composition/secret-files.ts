import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Environment } from './setting-values.ts';
import { SETTINGS, type Setting } from './settings.ts';

const SUFFIX = '_FILE';
const MAX_BYTES = 65_536;

const SECRETS: readonly string[] = Object.entries<Setting>(SETTINGS)
  .filter(([, { secret }]) => secret === true)
  .map(([name]) => name);

/** Whether a variable names the file of a secret setting. */
export function isSecretFile(variable: string): boolean {
  return SECRETS.some((name) => variable === fileVariableOf(name));
}

/** The variables that hold a secret, or name the file of one. */
export function secretVariables(env: Environment): readonly string[] {
  return Object.keys(env).filter((variable) => SECRETS.includes(variable) || isSecretFile(variable));
}

export interface WithSecretFiles {
  /** Every secret that `<NAME>_FILE` names a file of is there as if it had been `<NAME>`. */
  readonly env: Environment;
  /** False for a secret whose file could not be read; the problem of that is known. */
  readonly isUsable: (name: string) => boolean;
}

/** Reads those of `names` alone. What is wrong goes to `problems`, by the variable; neither a path nor a content is said. */
export function withSecretFiles(
  env: Environment,
  problems: string[],
  names: readonly string[] = SECRETS,
): WithSecretFiles {
  const read: Record<string, string> = {};
  const unread = new Set<string>();
  for (const name of SECRETS.filter((secret) => names.includes(secret))) {
    const path = env[fileVariableOf(name)];
    if (path === undefined) {
      continue;
    }
    try {
      read[name] = env[name] === undefined ? readSecret(path) : unfit(`${name} is set too; one must go`);
    } catch (error) {
      problems.push(`${fileVariableOf(name)}: ${whyUnread(error)}`);
      unread.add(name);
      read[name] = ''; // it is set, if to no use
    }
  }
  return { env: { ...env, ...read }, isUsable: (name) => !unread.has(name) };
}

function fileVariableOf(name: string): string {
  return `${name}${SUFFIX}`;
}

class UnfitFile extends Error {}

function unfit(why: string): never {
  throw new UnfitFile(why);
}

/** Opened so that a pipe nobody writes to is refused, and not waited for. */
function readSecret(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) {
      return unfit('does not name a file');
    }
    if (stats.size > MAX_BYTES) {
      return unfit(`the file is larger than ${MAX_BYTES} bytes`);
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)).replace(/\r?\n$/, '');
    return text === '' ? unfit('the file is empty') : text;
  } finally {
    closeSync(file);
  }
}

function whyUnread(error: unknown): string {
  if (error instanceof UnfitFile) {
    return error.message;
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'not UTF-8';
  return `the file cannot be read (${code})`;
}
