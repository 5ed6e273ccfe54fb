import type { Knex } from 'knex';

/** Immutable once merged: a later migration adds to it. `down` is for development; it forgets the data. */
export interface Migration {
  readonly up: (db: Knex) => Promise<void>;
  readonly down: (db: Knex) => Promise<void>;
}
