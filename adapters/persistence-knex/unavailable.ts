import { DatabaseError } from 'pg';
import { LkpsError } from '../../core/index.ts';

/**
 * Turns whatever went wrong into the one error a store rejects with.
 *
 * PostgreSQL's messages quote the row they complain about and knex puts the SQL in front, so of a database error only
 * names survive: the SQLSTATE and what it is about. Logs may hold those.
 */
export function unavailable(what: string, error: unknown): LkpsError {
  const cause = error instanceof Error ? withoutValues(error) : error;
  const detail = cause instanceof Error ? cause.message : 'unknown failure';
  return new LkpsError('audit_unavailable', `${what}: ${detail}`, { cause });
}

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
