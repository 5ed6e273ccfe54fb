import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { VERSION } from '../../composition/version.ts';
import { runCli } from '../support/cli-run.ts';

const CLI = fileURLToPath(new URL('../../composition/cli.ts', import.meta.url));

it('the command answers on standard output with 0, and refuses on standard error with 2', async () => {
  const [version, mistyped, surplus] = await Promise.all(
    [['--version'], ['agnets'], ['serve', 'now']].map((args) => runCli(args, {}, CLI)),
  );
  expect(version).toEqual({ code: 0, stdout: VERSION, stderr: '' });
  expect(mistyped).toMatchObject({ code: 2, stdout: '' });
  expect(mistyped?.stderr).toMatch(/^lkps: unknown: "agnets"\n\nusage: lkps <command>\n/);
  expect(surplus).toEqual({ code: 2, stdout: '', stderr: 'lkps: unexpected argument "now"' });
});
