import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT } from '../support/platform-project.ts';

const RUNTIME_CHECK = 'node dev/check-runtime.js';

describe('the scripts of package.json', () => {
  let scripts: Readonly<Record<string, string>>;
  beforeAll(async () => {
    const manifest: unknown = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8'));
    scripts = z.object({ scripts: z.record(z.string(), z.string()) }).parse(manifest).scripts;
  });

  it('say plainly that Node is too old, before a TypeScript source can fail on it', () => {
    const needy = Object.entries(scripts).filter(([, command]) =>
      /\bnode \S+\.ts\b|\bvitest\b/.test(command),
    );
    expect(needy.length).toBeGreaterThan(5);
    for (const name of ['check', ...needy.map(([found]) => found)]) {
      expect(scripts[`pre${name}`], name).toBe(RUNTIME_CHECK);
    }
  });
});
