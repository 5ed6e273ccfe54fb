import type { Migration } from './migration.ts';

/** What an agent's newest registration said of its clients. What registered before said nothing, so it is enforced. */
export const clientAuthorization: Migration = {
  async up(db) {
    await db.raw(`
      alter table agents add column client_authorization text not null default 'required'
        check (client_authorization in ('required', 'open'));
      grant update (client_authorization) on agents to lkps_service;
    `);
  },
  async down(db) {
    await db.raw('alter table agents drop column client_authorization');
  },
};
