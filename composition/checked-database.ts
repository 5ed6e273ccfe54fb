import type { Database } from '../adapters/persistence-knex/index.ts';

export interface CheckedDatabase extends Database {
  /** Resolves once the check has passed. */
  readonly checked: () => Promise<void>;
}

/**
 * `database`, of which nothing is used before `check` has passed once. A check that fails fails the call, and is made
 * again with the next one: a process outlives a database that was not there when it began.
 */
export function checkedDatabase(database: Database, check: () => Promise<void>): CheckedDatabase {
  let passing: Promise<void> | undefined;
  const checked = (): Promise<void> => {
    passing ??= check().catch((error: unknown) => {
      passing = undefined;
      throw error;
    });
    return passing;
  };
  return {
    checked,
    transact: async (what, work) => {
      await checked();
      return database.transact(what, work);
    },
    close: () => database.close(),
  };
}
