/**
 * `npm run schemathesis [-- --examples 100 --seed 1]`: schemathesis, from openapi.yaml, against the running service, once for
 * each of `runs.ts`. Exits 0 only if no run found anything; what is left out is in docs/testing.md.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startChild } from '../../dev/process/child.ts';
import { createTemporaryDirectory, removeDirectory } from '../../dev/process/temporary-directory.ts';
import { listenForStop } from '../../dev/stop-request.ts';
import { openStack } from '../support/stack-fixture.ts';
import { configOf } from './config.ts';
import { installSchemathesis } from './install.ts';
import { prepareRuns, type Run } from './runs.ts';

const CONTRACT = fileURLToPath(new URL('../../adapters/http/openapi.yaml', import.meta.url));
const REPORTS = fileURLToPath(new URL('../../reports/schemathesis/', import.meta.url));
/** One run; it is killed then. */
const LIMIT_MS = 900_000;

const stopping = listenForStop();
const { values } = parseArgs({
  options: {
    examples: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const python = await installSchemathesis(say);
  await mkdir(REPORTS, { recursive: true });
  const fixture = await openStack({ agent: false, signal: stopping.signal });
  const folder = await createTemporaryDirectory('lkps-schemathesis-');
  try {
    const runs = await prepareRuns(fixture);
    const codes: (number | null)[] = [];
    for (const run of runs.filter(({ name }) => values.only === undefined || values.only === name)) {
      say(`\n=== as ${run.name} ===`);
      codes.push(await runOne(python, run, folder));
    }
    for (const { service } of runs) {
      await service.stop();
    }
    say(`exit codes: ${codes.join(', ')}`);
    return codes.every((code) => code === 0) ? 0 : 1;
  } finally {
    removeDirectory(folder);
    await fixture.close();
  }
}

async function runOne(python: string, run: Run, folder: string): Promise<number | null> {
  const config = join(folder, `${run.name}.toml`);
  await writeFile(config, configOf(run));
  const child = await startChild({
    name: 'schemathesis',
    command: python,
    args: [
      ...['-m', 'schemathesis.cli', '--config-file', config, 'run', CONTRACT, '--url', run.service.url],
      ...[
        '--phases',
        'examples,coverage,fuzzing,stateful',
        '--max-examples',
        values.examples,
        '--seed',
        values.seed,
      ],
      ...['--checks', 'all', '--continue-on-failure', '--request-timeout', '10'],
      ...(run.excluded.length === 0 ? [] : ['--exclude-checks', run.excluded.join(',')]),
      ...['--report', 'junit', '--report-junit-path', join(REPORTS, `${run.name}.xml`)],
    ],
    env: { ...run.env, PYTHONUNBUFFERED: '1', NO_COLOR: '1' },
    cwd: folder,
    log: say,
    signal: stopping.signal,
  });
  const timer = setTimeout(() => void child.stop(), LIMIT_MS);
  const { code } = await child.exited;
  clearTimeout(timer);
  return code;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
