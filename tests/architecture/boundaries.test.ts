import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT, runTool } from '../support/platform-project.ts';

const CONFIG = `${ROOT}.dependency-cruiser.cjs`;
const report = z.object({
  modules: z.array(z.unknown()),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});
const config = z.object({ forbidden: z.array(z.object({ name: z.string(), severity: z.literal('error') })) });

/** Each file of tests/architecture/fixtures that breaks a rule, and the rule it breaks. The others break none. */
const PLANTED = [
  ['core/imports-an-adapter.ts', 'core-imports-core-only'],
  ['core/imports-a-type-of-an-adapter.ts', 'core-imports-core-only'],
  ['core/imports-a-node-builtin.ts', 'core-imports-core-only'],
  ['core/asks-for-a-node-builtin.ts', 'core-imports-core-only'],
  ['core/imports-a-package.ts', 'core-imports-core-only'],
  ['adapters/http-koa/imports-a-sibling.ts', 'adapters-are-strangers'],
  ['adapters/http/imports-a-server-library.ts', 'http-is-host-free'],
  ['adapters/http/imports-a-node-builtin.ts', 'http-is-host-free'],
  ['adapters/livekit/imports-composition.ts', 'adapters-look-inward'],
  ['composition/imports-dev.ts', 'composition-ships-no-dev'],
  ['composition/imports-the-container-library.ts', 'container-only'],
  ['dev/imports-core.ts', 'dev-is-no-back-door'],
  ['dev/ocelot/imports-the-verifier-too.ts', 'dev-is-no-back-door'],
  ['dev/ocelot/access-token.ts', 'dev-ocelot-verifies-only'],
  ['sdk/typescript/src/imports-core.ts', 'sdk-stands-alone'],
  ['composition/cycle-back.ts', 'no-cycles'],
  ['composition/imports-what-is-not-there.ts', 'no-unresolved'],
] as const;

describe('import boundaries', () => {
  it('hold in the project', { timeout: 60_000 }, async () => {
    const { modules, summary } = await cruise(ROOT, [
      'core',
      'adapters',
      'composition',
      'dev',
      'sdk/typescript/src',
      'tests',
    ]);
    expect(summary.violations).toEqual([]);
    expect(modules.length).toBeGreaterThan(20);
  });

  it(
    'bite: each planted breach is found, by its rule, and nothing else is',
    { timeout: 60_000 },
    async () => {
      const fixtures = `${ROOT}tests/architecture/fixtures`;
      const { summary } = await cruise(fixtures, ['core', 'adapters', 'composition', 'dev', 'sdk']);
      const found = summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`);
      expect(found.sort()).toEqual(PLANTED.map(([from, rule]) => `${from}: ${rule}`).sort());
    },
  );

  it('have a planted breach for every rule there is', () => {
    const { forbidden } = config.parse(createRequire(import.meta.url)(CONFIG));
    const rules = forbidden.map(({ name }) => name);
    expect([...new Set(PLANTED.map(([, rule]) => rule))].sort()).toEqual(rules.sort());
  });
});

async function cruise(cwd: string, folders: readonly string[]): Promise<z.output<typeof report>> {
  const { stdout } = await runTool(
    'depcruise',
    [...folders, '--config', CONFIG, '--output-type', 'json'],
    cwd,
  );
  return report.parse(JSON.parse(stdout));
}
