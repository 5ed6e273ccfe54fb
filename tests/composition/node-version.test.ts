import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { runCli, type CliRun } from '../support/cli-run.ts';

const COMMAND = fileURLToPath(new URL('../../composition/lkps.ts', import.meta.url));

/** The command of the package, where Node says that it is this one. */
function runOn(version: string): Promise<CliRun> {
  const versions = `{ value: { ...process.versions, node: '${version}' } }`;
  const pretend = `Object.defineProperty(process, 'versions', ${versions});`;
  return runCli(
    ['help'],
    { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(pretend)}` },
    COMMAND,
  );
}

describe('lkps', () => {
  it.each(['20.20.2', '22.18.0'])('says what it needs on Node %s, and nothing else', async (old) => {
    const { code, stdout, stderr } = await runOn(old);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(`lkps needs Node 22.19 or newer; this is v${old}`);
    expect(manifest.engines.node).toBe('>=22.19');
  });

  it.each(['22.19.0', '24.0.0'])('runs on Node %s', async (version) => {
    expect(await runOn(version)).toMatchObject({ code: 0, stderr: '' });
  });
});
