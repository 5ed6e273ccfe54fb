import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { VERSION } from '../../composition/version.ts';
import { ROOT } from '../support/platform-project.ts';

it('the version the service reports is the one in package.json', async () => {
  const manifest: unknown = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8'));
  expect(VERSION).toBe(z.object({ version: z.string() }).parse(manifest).version);
});
