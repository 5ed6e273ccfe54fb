import { DatabaseError } from 'pg';
import { LkpsError } from '../../core/index.ts';

/** Turns whatever went wrong into the one error a store rejects with. */
export function unavailable(what: string, error: unknown): LkpsError {
  const cause = error instanceof Error ? withoutValues(error) : error;
  return new LkpsError('audit_unavailable', `${what}: ${nameFailure(error)}`, { cause });
}

/** What of a failure may be logged and shown. */
export function nameFailure(error: unknown): string {
  return error instanceof Error ? withoutValues(error).message : 'unknown failure';
}

const MEANINGS: ReadonlyMap<string, string> = new Map([
  ['28000', 'login refused'],
  ['28P01', 'login or password refused'],
  ['3D000', 'no such database'],
]);

/**
 * PostgreSQL's messages quote the row they complain about and knex puts the SQL in front, so of a database error only
 * names survive: the SQLSTATE, what it is about and, of those an operator meets first, what it means.
 */
function withoutValues(error: Error): Error {
  if (error instanceof DatabaseError) {
    const { code = 'unknown' } = error;
    const about = [error.constraint ?? error.table, error.routine].filter((name) => name !== undefined);
    const named = [`SQLSTATE ${code}`, ...about].join(' ');
    const meaning = MEANINGS.get(code);
    return new Error(meaning === undefined ? named : `${meaning} (${named})`);
  }
  if ('code' in error && typeof error.code === 'string' && !(error instanceof LkpsError)) {
    return new Error(error.code);
  }
  return error;
}
