import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../adapters/persistence-knex/index.ts';
import { LkpsError } from '../core/index.ts';
import { StartError } from './start-error.ts';

/** As long as one use of the database may take: whoever is first waits for the check, and then for an answer of their own. */
const PATIENCE_MS = 1_800;

export interface CheckedDatabase extends Database {
  /** Resolves once the check has passed; rejects as it did. */
  readonly checked: () => Promise<void>;
}

/**
 * `database`, of which nothing is used before `check` has passed once. A check that fails, or takes too long, fails the
 * call with `audit_unavailable`, and is made again with the next one: a process outlives a database that was not there,
 * or not fit, when it began.
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
    read: async (what, statement) => {
      await inTime(checked()).catch(unavailable);
      return database.read(what, statement);
    },
    transact: async (what, work) => {
      await inTime(checked()).catch(unavailable);
      return database.transact(what, work);
    },
    close: () => database.close(),
  };
}

/** Why goes to the log: the check's own words are for the operator. */
function unavailable(error: unknown): never {
  if (error instanceof LkpsError) {
    throw error;
  }
  const why = error instanceof StartError ? error.message : 'the database could not be checked';
  throw new LkpsError('audit_unavailable', why, { cause: error });
}

async function inTime(checked: Promise<void>): Promise<void> {
  const late = new AbortController();
  const tooLate = delay(PATIENCE_MS, undefined, { signal: late.signal }).then(() => {
    throw new LkpsError('audit_unavailable', `the database was not checked within ${PATIENCE_MS} ms`);
  });
  tooLate.catch(() => undefined); // called off
  try {
    await Promise.race([checked, tooLate]);
  } finally {
    late.abort();
  }
}
