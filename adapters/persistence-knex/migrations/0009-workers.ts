import type { Migration } from './migration.ts';

/**
 * What gateways know of each other: the newest connection of each token, and who has a worker at which gateway until when;
 * and which tokens a restored agent's workers cannot come back with.
 *
 * The service's role deletes nothing, so what is past stays until `lkps prune`: connections whose token has expired, and
 * gateways that announce nothing any more.
 */
export const workers: Migration = {
  async up(db) {
    await db.raw(`
      create table worker_connections (
        token_id uuid primary key,
        connection_id uuid not null,
        agent_name text not null,
        token_expires_at timestamptz(3) not null,
        admitted_at timestamptz(3) not null
      );
      create index worker_connections_by_age on worker_connections (token_expires_at);

      create table gateways (
        gateway_id uuid primary key,
        -- By the database's clock.
        announced_until timestamptz not null,
        -- Agents that have a worker with room for a job there.
        online text[] not null
      );
      create index gateways_by_age on gateways (announced_until);

      -- The second of the latest revocation that was taken back: tokens issued before it stay void.
      alter table agents add column tokens_void_until timestamptz(3);

      grant update (tokens_void_until) on agents to lkps_service;
      grant select, insert, update (connection_id, admitted_at) on worker_connections to lkps_service;
      grant select, insert, update (announced_until, online) on gateways to lkps_service;
    `);
  },
  async down(db) {
    await db.raw(`
      drop table gateways, worker_connections;
      alter table agents drop column tokens_void_until;
    `);
  },
};
