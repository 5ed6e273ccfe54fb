import type { Migration } from './migration.ts';

/** The registry: one row per agent, with its newest registration. */
export const agents: Migration = {
  async up(db) {
    await db.raw(`
      create table agents (
        agent_name text primary key,
        client_id uuid not null,
        -- Whose personal agent it is; null for an application's.
        user_id uuid,
        registered_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        first_registered_at timestamptz(3) not null,
        -- Who an application's agent is cannot be told otherwise than by its name.
        check (user_id is not null or agent_name = client_id::text)
      );
      create index agents_by_client on agents (client_id);
    `);
  },
  async down(db) {
    await db.raw('drop table agents');
  },
};
