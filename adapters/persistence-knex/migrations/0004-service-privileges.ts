import type { Migration } from './migration.ts';

/**
 * Everything the service may do, and it is a member of this role only. On the audit trail: add and read, through the
 * parent table. Nothing on its partitions, nothing that changes or empties it.
 */
export const servicePrivileges: Migration = {
  async up(db) {
    await db.raw(`
      do $$ begin execute format('grant usage on schema %I to lkps_service', current_schema()); end $$;
      grant select, insert on agents, sessions to lkps_service;
      grant update (registered_at, expires_at, first_registered_at) on agents to lkps_service;
      grant update (state, room_sid, end_reason, agent_presence, updated_at) on sessions to lkps_service;
      grant select, insert on session_facts, webhook_events to lkps_service;
      grant select on audit_events to lkps_service;
      -- All but tx_id, which is the database's own word on when a row was written.
      grant insert (event_id, occurred_at, schema_version, type, outcome, reason, actor_kind, actor_client_id,
        actor_user_ref, agent_name, session_id, room_name, room_sid, grants, token_id, token_expires_at,
        signing_key_id, authorization_evidence, details, request_id, source_ip, user_agent, region, row_hash)
        on audit_events to lkps_service;
      grant select, insert, update on audit_subjects to lkps_service;
      grant select on lkps_migrations to lkps_service;
    `);
  },
  async down(db) {
    await db.raw(`
      revoke all on agents, sessions, session_facts, webhook_events, audit_events, audit_subjects, lkps_migrations
        from lkps_service;
      do $$ begin execute format('revoke all on schema %I from lkps_service', current_schema()); end $$;
    `);
  },
};
