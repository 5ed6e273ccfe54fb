import type { Migration } from './migration.ts';

/**
 * Whose records these are: the region and the subject key that the service first used them with. One row, which the
 * service adds and cannot change.
 */
export const deployment: Migration = {
  async up(db) {
    await db.raw(`
      create table deployment (
        is_only boolean primary key default true check (is_only),
        region text not null,
        -- A keyed hash of a fixed text, in hex: tells another key, and not which one it is.
        subject_key_check text not null
      );
      grant select, insert on deployment to lkps_service;
    `);
  },
  async down(db) {
    await db.raw('drop table deployment');
  },
};
