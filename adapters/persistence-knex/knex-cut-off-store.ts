import {
  ownerOf,
  type AgentName,
  type AuditEvent,
  type ClientId,
  type CutOff,
  type CutOffStore,
} from '../../core/index.ts';
import { insertAuditEvents } from './insert-audit-events.ts';
import type { Database, Transaction } from './open-database.ts';
import { requireSubjectKey, type SubjectKey } from './subject-ref.ts';

/** {@link CutOffStore} on PostgreSQL. An act is one UPSERT: whoever holds the row decides what it changes. */
export class KnexCutOffStore implements CutOffStore {
  readonly #db: Database;
  readonly #subjectKey: SubjectKey;

  constructor({ db, subjectKey }: { readonly db: Database; readonly subjectKey: SubjectKey }) {
    this.#db = db;
    this.#subjectKey = requireSubjectKey(subjectKey);
  }

  async revokeAgent(
    agent: AgentName,
    { at, note }: CutOff,
    audit: readonly AuditEvent[],
  ): Promise<'revoked' | 'already_revoked'> {
    const { clientId, userId = null } = ownerOf(agent);
    const values = { agent, clientId, userId, at, note: note ?? null };
    return (await this.#change('agent was not revoked', REVOKE, values, audit))
      ? 'revoked'
      : 'already_revoked';
  }

  async restoreAgent(agent: AgentName, audit: readonly AuditEvent[]): Promise<'restored' | 'not_revoked'> {
    return (await this.#change('agent was not restored', RESTORE, { agent }, audit))
      ? 'restored'
      : 'not_revoked';
  }

  async blockClient(
    client: ClientId,
    { at, note }: CutOff,
    audit: readonly AuditEvent[],
  ): Promise<'blocked' | 'already_blocked'> {
    const values = { client, at, note: note ?? null };
    return (await this.#change('client was not blocked', BLOCK, values, audit))
      ? 'blocked'
      : 'already_blocked';
  }

  async unblockClient(client: ClientId, audit: readonly AuditEvent[]): Promise<'unblocked' | 'not_blocked'> {
    const changed = await this.#change('client was not unblocked', UNBLOCK, { client }, audit);
    return changed ? 'unblocked' : 'not_blocked';
  }

  async isBlocked(client: ClientId): Promise<boolean> {
    const rows = await this.#db.read('client was not read', (on) =>
      on<{ readonly client_id: string; readonly blocked_at: Date | null }>('clients')
        .where({ client_id: client })
        .whereNotNull('blocked_at'),
    );
    return rows.length > 0;
  }

  /** Whether the statement found anything to change. */
  #change(
    what: string,
    sql: string,
    values: Readonly<Record<string, string | Date | null>>,
    audit: readonly AuditEvent[],
  ): Promise<boolean> {
    return this.#db.transact(what, async (trx) => {
      const isChanged = await changesARow(trx, sql, values);
      await insertAuditEvents(trx, isChanged ? audit : [], this.#subjectKey);
      return isChanged;
    });
  }
}

async function changesARow(
  trx: Transaction,
  sql: string,
  values: Readonly<Record<string, string | Date | null>>,
): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: readonly unknown[] }>(sql, values);
  return rows.length > 0;
}

const REVOKE = `
  insert into agents as known (agent_name, client_id, user_id, revoked_at, revoke_note)
  values (:agent, :clientId, :userId, :at, :note)
  on conflict (agent_name) do update set revoked_at = excluded.revoked_at, revoke_note = excluded.revoke_note
  where known.revoked_at is null
  returning 1`;

const RESTORE = `
  update agents set revoked_at = null, revoke_note = null,
    tokens_void_until = greatest(tokens_void_until, date_trunc('second', revoked_at))
  where agent_name = :agent and revoked_at is not null
  returning 1`;

const BLOCK = `
  insert into clients as known (client_id, blocked_at, block_note) values (:client, :at, :note)
  on conflict (client_id) do update set blocked_at = excluded.blocked_at, block_note = excluded.block_note
  where known.blocked_at is null
  returning 1`;

const UNBLOCK = `
  update clients set blocked_at = null, block_note = null
  where client_id = :client and blocked_at is not null
  returning 1`;
