import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { VERSION } from '../src/version.ts';

it('the version that the SDK reports is the one in package.json', async () => {
  const manifest: unknown = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  expect(VERSION).toBe(z.object({ version: z.string() }).parse(manifest).version);
});
