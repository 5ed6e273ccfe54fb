import { defineConfig } from 'vitest/config';

const shared = { testTimeout: 20_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'fast',
          include: ['tests/{core,properties,adapters,composition,architecture}/**/*.test.ts'],
          globalSetup: ['tests/support/postgres-global-setup.ts'],
        },
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
          fileParallelism: false,
        },
      },
    ],
  },
});
