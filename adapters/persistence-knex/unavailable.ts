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

/**
 * PostgreSQL's messages quote the row they complain about and knex puts the SQL in front, so of a database error only
 * names survive: the SQLSTATE and what it is about.
 */
function withoutValues(error: Error): Error {
  if (error instanceof DatabaseError) {
    const about = [error.constraint ?? error.table, error.routine].filter((name) => name !== undefined);
    return new Error([`SQLSTATE ${error.code ?? 'unknown'}`, ...about].join(' '));
  }
  if ('code' in error && typeof error.code === 'string' && !(error instanceof LkpsError)) {
    return new Error(error.code);
  }
  return error;
}
