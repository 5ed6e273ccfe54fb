import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** More than there are cores: most of what tests do is waiting for servers. */
const shared = {
  testTimeout: 20_000,
  hookTimeout: 120_000,
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
};

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The examples import the package by its name; in their tests here that means the sources. */
const alias = [
  { find: /^@livekit-platform\/service\/core$/, replacement: source('core/index.ts') },
  { find: /^@livekit-platform\/service\/random-ids$/, replacement: source('composition/random-ids.ts') },
  { find: /^@livekit-platform\/service\/(.+)$/, replacement: source('adapters/$1/index.ts') },
];

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          ...shared,
          name: 'fast',
          isolate: false, // importing anew was a third of their time: no file leaves behind what another would notice
          include: [
            'tests/{core,properties,adapters,composition,architecture}/**/*.test.ts',
            'examples/tests/**/*.test.ts',
          ],
          globalSetup: ['tests/support/postgres-global-setup.ts'],
        },
      },
      {
        // Isolated: they change what the worker library exports.
        test: { ...shared, name: 'sdk', include: ['sdk/typescript/tests/**/*.test.ts'] },
      },
      {
        test: { ...shared, name: 'dev', include: ['tests/dev/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 420_000,
          globalSetup: ['tests/support/bundles-global-setup.ts'],
        },
      },
    ],
  },
});
