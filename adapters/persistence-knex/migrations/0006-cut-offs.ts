import type { Migration } from './migration.ts';

/**
 * Who is cut off, since when and why. A revocation stands on the agent's own row, where it and a registration under way
 * wait for each other; so an agent may have a row that never registered. Nothing is ever deleted: the service's role
 * cannot.
 */
export const cutOffs: Migration = {
  async up(db) {
    await db.raw(`
      alter table agents
        add column revoked_at timestamptz(3),
        add column revoke_note text,
        alter column registered_at drop not null,
        alter column expires_at drop not null,
        alter column first_registered_at drop not null,
        add constraint agents_registration_whole
          check (num_nulls(registered_at, expires_at, first_registered_at) in (0, 3));

      create table clients (
        client_id uuid primary key,
        blocked_at timestamptz(3),
        block_note text
      );

      alter table session_facts add column cut_reason text
        check (cut_reason in ('reconciled', 'limit', 'revoked'));

      -- By the application, so that its personal agents are found with it.
      drop index sessions_by_agent;
      create index sessions_by_agent on sessions (agent_client_id, requested_at);

      grant update (revoked_at, revoke_note) on agents to lkps_service;
      grant select, insert, update (blocked_at, block_note) on clients to lkps_service;
    `);
  },
  async down(db) {
    await db.raw(`
      drop table clients;
      drop index sessions_by_agent;
      create index sessions_by_agent on sessions (agent_name, requested_at);
      alter table session_facts drop column cut_reason;
      delete from agents where registered_at is null;
      alter table agents
        drop constraint agents_registration_whole,
        drop column revoked_at,
        drop column revoke_note,
        alter column registered_at set not null,
        alter column expires_at set not null,
        alter column first_registered_at set not null;
    `);
  },
};
