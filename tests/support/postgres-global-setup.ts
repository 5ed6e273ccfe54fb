import type { TestProject } from 'vitest/node';
import { migrate } from '../../adapters/persistence-knex/index.ts';
import { startPostgres } from '../../dev/postgres/server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgres: PostgresUrls;
  }
}

/** Of the one server of this run, and of a migrated database in it that others are copied from. */
export interface PostgresUrls {
  readonly superuserUrl: string;
  readonly adminUrl: string;
  readonly serviceUrl: string;
}

/** One real PostgreSQL for the whole run; test files make databases of their own in it (postgres-database.ts). */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // No test ends this server: a disk that takes its time would only make stores miss their deadline.
  const server = await startPostgres({ durable: false });
  try {
    const { adminUrl, serviceUrl } = await server.createDatabase('lkps_template');
    await migrate({ adminUrl, serviceUrl });
    project.provide('postgres', { superuserUrl: server.superuserUrl, adminUrl, serviceUrl });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return () => server.stop();
}
