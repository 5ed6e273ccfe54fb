import { createRequire } from 'node:module';
import type * as server from '../../dev/postgres/server.ts';

/** Loaded by Node itself: vitest's module runner has no `import.meta.resolve`, by which the binaries are found. */
export const { startPostgres } = createRequire(import.meta.url)(
  '../../dev/postgres/server.ts',
) as typeof server;
