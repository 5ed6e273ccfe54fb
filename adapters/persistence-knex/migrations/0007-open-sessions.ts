import type { Migration } from './migration.ts';

/** How many sessions a client has open is counted with every start: by an index that holds no others. */
export const openSessions: Migration = {
  async up(db) {
    await db.raw(`
      create index sessions_open_by_client on sessions (caller_client_id)
        where state in ('starting', 'created', 'active');
    `);
  },
  async down(db) {
    await db.raw('drop index sessions_open_by_client');
  },
};
