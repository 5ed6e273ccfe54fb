import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { startChild } from '../../dev/process/child.ts';
import { findInterpreters, PYTHON_VERSIONS, type Interpreters } from '../support/python-interpreters.ts';
import { sdkPython, typesCacheOf, type Library } from '../sdk/python.ts';

const FOLDER = fileURLToPath(new URL('../../sdk/python/', import.meta.url));
const OWN_PROGRAMS = fileURLToPath(new URL('../sdk/', import.meta.url));
const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** The SDK for Python by its own rules and tests, on each Python that it is for and that this machine has. */
describe('the SDK for Python', { timeout: 900_000 }, () => {
  let interpreters: Interpreters;
  beforeAll(async () => {
    interpreters = await findInterpreters();
    for (const version of interpreters.missing) say(`not tested on Python ${version}: this machine has none`);
  });

  /** What a module of an environment says of the SDK, or of another folder; its exit code first. */
  async function runModule(python: string, args: readonly string[], cwd = FOLDER): Promise<string> {
    const lines: string[] = [];
    const child = await startChild({
      name: args[0] ?? '',
      command: python,
      args: ['-m', ...args],
      cwd,
      env: { PYTHONDONTWRITEBYTECODE: '1', NO_COLOR: '1', MYPYPATH: `${FOLDER}src` },
      log: (line) => lines.push(line),
    });
    const { code } = await child.exited;
    return [`exit code ${String(code)}`, ...lines].join('\n');
  }
  const passes = async (python: string, args: readonly string[], cwd?: string): Promise<void> => {
    expect(await runModule(python, args, cwd)).toMatch(/^exit code 0\n/);
  };

  it('is of one style, and typed throughout', async () => {
    const python = await sdkPython(say);
    await passes(python, ['ruff', 'format', '--no-cache', '--diff', '.']);
    await passes(python, ['ruff', 'check', '--no-cache', '.']);
    await passes(python, ['mypy', `--cache-dir=${typesCacheOf(python)}`]);
  });

  it.for(PYTHON_VERSIONS)('passes its own tests on Python %s', async (version, context) => {
    const interpreter = interpreters.found.find((found) => found.version === version);
    if (interpreter === undefined) context.skip(`this machine has no Python ${version}`);
    else await passesTests('1.4', version);
  });

  it('passes them with the newest generation of the library too', () => passesTests('1.8', '3.11'));

  async function passesTests(library: Library, version: string): Promise<void> {
    const wanted = interpreters.found.find((found) => found.version === version);
    const python = await sdkPython(say, library, wanted ?? interpreters.found.at(-1));
    await passes(python, ['pytest', '-p', 'no:cacheprovider']);
  }

  it('its conformance agent is of that style too', async () => {
    const python = await sdkPython(say);
    const settings = ['--no-cache', '--config', `${FOLDER}pyproject.toml`];
    await passes(python, ['ruff', 'format', ...settings, '--diff', OWN_PROGRAMS]);
    await passes(python, ['ruff', 'check', ...settings, '--ignore', 'I001', OWN_PROGRAMS]);
  });
});
