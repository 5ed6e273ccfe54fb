import type { Migration } from './migration.ts';

/**
 * The audit trail, partitioned by month on its time-ordered key, and append-only by triggers as well as by privileges.
 *
 * A row of a month that has no partition goes to `audit_events_default` and stays there: nothing moves an audit row.
 */
export const audit: Migration = {
  async up(db) {
    await db.raw(TABLES);
    await db.raw(APPEND_ONLY);
    await db.raw(PARTITIONS);
  },
  async down(db) {
    await db.raw(`
      drop table audit_events, audit_subjects;
      drop function lkps_create_audit_partition(date), lkps_audit_partition_floor(date), lkps_refuse_audit_change();
    `);
  },
};

const TABLES = `
  -- Personal data of users, apart, so that it can be erased without a change to any audit row.
  create table audit_subjects (
    -- HMAC-SHA256(LKPS_SUBJECT_KEY, object id), in hex
    subject_ref text primary key,
    email text,
    display_name text,
    updated_at timestamptz(3) not null default now()
  );

  create table audit_events (
    -- UUID v7: its order is the order of time, and its time names the partition.
    event_id uuid primary key,
    occurred_at timestamptz(3) not null,
    schema_version smallint not null,
    type text not null,
    outcome text not null check (outcome in ('allowed', 'denied', 'error')),
    reason text,
    actor_kind text,
    actor_client_id uuid,
    -- audit_subjects.subject_ref; no foreign key, since most users have no row there and any may lose it.
    actor_user_ref text,
    agent_name text,
    session_id uuid,
    room_name text,
    room_sid text,
    grants jsonb,
    token_id uuid,
    token_expires_at timestamptz(3),
    signing_key_id text,
    authorization_evidence jsonb,
    details jsonb,
    request_id text,
    source_ip text,
    user_agent text,
    region text not null,
    -- Over all columns but the next and itself; the form is in row-hash.ts.
    row_hash bytea not null check (octet_length(row_hash) = 32),
    -- Which transaction wrote the row: what is older than every running one can be sealed.
    tx_id xid8 not null default pg_current_xact_id()
  ) partition by range (event_id);

  create index audit_events_by_session on audit_events (session_id, event_id) where session_id is not null;
  create index audit_events_by_request on audit_events (request_id) where request_id is not null;
  create index audit_events_by_agent on audit_events (agent_name, event_id) where agent_name is not null;
  create index audit_events_by_client on audit_events (actor_client_id, event_id) where actor_client_id is not null;
  create index audit_events_by_type on audit_events (type, event_id);
`;

/** The row trigger reaches every partition, also those to come. A TRUNCATE trigger guards only the table it is on. */
const APPEND_ONLY = `
  create function lkps_refuse_audit_change() returns trigger language plpgsql as $$
  begin
    raise exception 'audit rows are append-only: % of % is refused', lower(tg_op), tg_table_name;
  end $$;

  create trigger audit_events_append_only before update or delete on audit_events
    for each row execute function lkps_refuse_audit_change();
  create trigger audit_events_no_truncate before truncate on audit_events
    for each statement execute function lkps_refuse_audit_change();

  create table audit_events_default partition of audit_events default;
  create trigger audit_events_no_truncate before truncate on audit_events_default
    for each statement execute function lkps_refuse_audit_change();
`;

const PARTITIONS = `
  -- The least UUID v7 of the month that a day lies in (UTC).
  create function lkps_audit_partition_floor(day date) returns uuid language sql immutable as $$
    select (lpad(to_hex((extract(epoch from date_trunc('month', day::timestamp)) * 1000)::bigint), 12, '0')
      || repeat('0', 20))::uuid
  $$;

  -- Creates the partition of the month that a day lies in, guarded like the others. Answers its name, or null where
  -- nothing was to do: it exists, or rows of that month are in the DEFAULT partition already. For the owner only.
  create function lkps_create_audit_partition(day date) returns text language plpgsql
    set search_path from current as $$
  declare
    partition text := 'audit_events_' || to_char(day, 'YYYY_MM');
    first uuid := lkps_audit_partition_floor(day);
    beyond uuid := lkps_audit_partition_floor((date_trunc('month', day::timestamp) + interval '1 month')::date);
  begin
    if to_regclass(partition) is not null
      or exists (select from audit_events_default where event_id >= first and event_id < beyond)
    then
      return null;
    end if;
    execute format('create table %I partition of audit_events for values from (%L) to (%L)', partition, first, beyond);
    execute format('create trigger audit_events_no_truncate before truncate on %I '
      'for each statement execute function lkps_refuse_audit_change()', partition);
    return partition;
  end $$;
  revoke execute on function lkps_create_audit_partition(date) from public;

  -- This month and two years ahead.
  select lkps_create_audit_partition((now() at time zone 'utc' + make_interval(months => n))::date)
  from generate_series(0, 24) as n;
`;
