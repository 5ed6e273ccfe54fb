import type { Migration } from './migration.ts';

/**
 * Sessions, and the facts their state is folded from. The state columns are that fold, kept for those who ask; the facts
 * are the truth. A caller's e-mail and name are not here.
 */
export const sessions: Migration = {
  async up(db) {
    await db.raw(`
      create table sessions (
        session_id uuid primary key,
        room_name text not null unique,
        agent_name text not null,
        agent_client_id uuid not null,
        caller_kind text not null check (caller_kind in ('application', 'user')),
        caller_client_id uuid not null,
        caller_user_id uuid,
        participant_identity text not null,
        request_id text not null,
        requested_at timestamptz(3) not null,
        state text not null check (state in ('starting', 'created', 'active', 'ended', 'failed')),
        room_sid text,
        end_reason text check (end_reason in ('completed', 'nobody_came', 'reconciled', 'revoked', 'limit')),
        agent_presence text not null check (agent_presence in ('pending', 'joined', 'left', 'missing')),
        updated_at timestamptz(3) not null default now(),
        check (caller_kind = 'user' or caller_user_id is null)
      );
      create index sessions_open on sessions (requested_at) where state in ('starting', 'created', 'active');
      create index sessions_by_agent on sessions (agent_name, requested_at);
      create index sessions_by_client on sessions (caller_client_id, requested_at);

      create table session_facts (
        session_id uuid not null references sessions on delete cascade,
        -- LiveKit's event id, or the name of the session's own step.
        fact_id text not null,
        kind text not null,
        -- When this service learnt of it; nothing is ordered by it.
        observed_at timestamptz(3) not null,
        room_sid text,
        room_created_ms bigint,
        participant_sid text,
        participant_identity text,
        participant_agent_name text,
        disconnect_reason text,
        failure_reason text,
        primary key (session_id, fact_id)
      );

      -- LiveKit's events that were applied: goes sooner than the sessions they belong to.
      create table webhook_events (
        event_id text primary key,
        session_id uuid not null references sessions on delete cascade,
        received_at timestamptz(3) not null default now()
      );
      create index webhook_events_by_session on webhook_events (session_id);
      create index webhook_events_by_age on webhook_events (received_at);
    `);
  },
  async down(db) {
    await db.raw('drop table webhook_events, session_facts, sessions');
  },
};
