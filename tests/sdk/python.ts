import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPython } from '../support/python-environment.ts';
import { findInterpreters, type Interpreter } from '../support/python-interpreters.ts';
import { EVERY_ROUND } from './language.ts';

/** Generations of the library that the SDK is tested on. */
export type Library = '1.4' | '1.8';

/** The Python that has all that the SDK's tests need, but for the SDK itself: that is on its path. */
export async function sdkPython(
  say: (text: string) => void,
  library: Library = EVERY_ROUND ? '1.8' : '1.4',
  given?: Interpreter,
): Promise<string> {
  const file = `../../sdk/python/requirements/test-${library}.txt`;
  const requirements = fileURLToPath(new URL(file, import.meta.url));
  return installPython(
    { name: 'livekit-agents', requirements, interpreter: given ?? (await usualInterpreter()) },
    say,
  );
}

/** Where mypy keeps what it knows of that environment's packages: beside them, since it takes long to find out. */
export function typesCacheOf(python: string): string {
  return join(dirname(python), '..', 'mypy-cache');
}

/** Where it does not matter which. */
export async function usualInterpreter(): Promise<Interpreter> {
  const { found } = await findInterpreters();
  const interpreter = found.find(({ version }) => version === '3.11') ?? found.at(-1);
  if (interpreter === undefined) throw new Error('this machine has no Python of 3.10 to 3.14');
  return interpreter;
}
