import { describe, expect, it } from 'vitest';
import { runTool, sourcesIn } from '../support/platform-project.ts';

const FIXTURE = 'tests/architecture/fixtures/core-globals';
const FORBIDDEN = ['buffer', 'console', 'crypto', 'fetch', 'process', 'set-timeout'];

describe('core is framework-free by the compiler', () => {
  it('compiles under its own tsconfig', { timeout: 60_000 }, async () => {
    expect(await runTool('tsc', ['-p', 'core'])).toEqual({ exitCode: 0, stdout: '' });
    expect((await sourcesIn('core')).length).toBeGreaterThan(20);
  });

  it('knows nothing of its host: each use of a global does not compile', { timeout: 60_000 }, async () => {
    const { exitCode, stdout } = await runTool('tsc', ['-p', FIXTURE]);
    const refused = [...stdout.matchAll(/core-globals\/([a-z-]+)\.ts\(\d+,\d+\): error TS(\d+)/g)];
    expect(exitCode).not.toBe(0);
    expect(refused.map(([, file]) => file).sort()).toEqual(FORBIDDEN);
    expect(refused.every(([, , code]) => code?.startsWith('2'))).toBe(true); // names that are not known
  });
});
