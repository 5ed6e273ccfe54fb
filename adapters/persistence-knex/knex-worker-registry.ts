import {
  agentNameOf,
  ownerOf,
  parseConnectionId,
  type AgentName,
  type AuditEvent,
  type ConnectionId,
  type GatewayId,
  type WorkerConnection,
  type WorkerDue,
  type WorkerRegistry,
} from '../../core/index.ts';
import { insertAuditEvents } from './insert-audit-events.ts';
import type { Database } from './open-database.ts';
import { requireSubjectKey, type SubjectKey } from './subject-ref.ts';

interface DueRow {
  readonly connection_id: string;
  readonly due: WorkerDue;
}

/** {@link WorkerRegistry} on PostgreSQL. Every time in it is the database's. */
export class KnexWorkerRegistry implements WorkerRegistry {
  readonly #db: Database;
  readonly #subjectKey: SubjectKey;

  constructor({ db, subjectKey }: { readonly db: Database; readonly subjectKey: SubjectKey }) {
    this.#db = db;
    this.#subjectKey = requireSubjectKey(subjectKey);
  }

  admit({ connectionId, pass }: WorkerConnection, audit: readonly AuditEvent[]): Promise<void> {
    const { tokenId, agent, expiresAt } = pass;
    return this.#db.transact('worker was not admitted', async (trx) => {
      await trx.raw(ADMIT, { tokenId, connectionId, agent, expiresAt });
      await insertAuditEvents(trx, audit, this.#subjectKey);
    });
  }

  async due(workers: readonly WorkerConnection[]): Promise<ReadonlyMap<ConnectionId, WorkerDue>> {
    if (workers.length === 0) {
      return new Map();
    }
    const asked = JSON.stringify(workers.map(toAsked));
    const { rows } = await this.#db.read('workers were not checked', (on) =>
      on.raw<{ rows: readonly DueRow[] }>(DUE, { asked }),
    );
    return new Map(rows.map(({ connection_id: connection, due }) => [parseConnectionId(connection), due]));
  }

  announce(gateway: GatewayId, online: readonly AgentName[]): Promise<void> {
    return this.#db.transact('workers were not announced', async (trx) => {
      await trx.raw(ANNOUNCE, { gateway, online: [...online] });
    });
  }

  async isOnline(agent: AgentName): Promise<boolean> {
    const { rows } = await this.#db.read('workers were not read', (on) =>
      on.raw<{ rows: readonly unknown[] }>(IS_ONLINE, { agent }),
    );
    return rows.length > 0;
  }
}

/** The row decides: of those who come at the same time the one that gets it last stays. */
const ADMIT = `
  insert into worker_connections (token_id, connection_id, agent_name, token_expires_at, admitted_at)
  values (:tokenId, :connectionId, :agent, :expiresAt, clock_timestamp())
  on conflict (token_id) do update set connection_id = excluded.connection_id, admitted_at = clock_timestamp()`;

/**
 * Each question is a few look-ups by key for one connection, whatever else the tables hold: of joins the planner makes scans
 * of whole tables. An application's revocation stands on its own row, whether or not its personal agent has one.
 */
const DUE = `
  select connection_id, due from (
    select asked.connection_id, case
      when exists (
        select from worker_connections newest
        where newest.token_id = asked.token_id and newest.connection_id <> asked.connection_id) then 'replaced'
      when exists (
        select from agents cut_off
        where cut_off.agent_name in (asked.agent_name, asked.application_name)
          and (cut_off.revoked_at is not null or asked.issued_at < cut_off.tokens_void_until))
        then 'agent_revoked'
      when exists (
        select from agents agent
        where agent.agent_name = asked.agent_name and agent.expires_at > asked.expires_at) then 'renewed'
    end as due
    from json_to_recordset(cast(:asked as json)) as asked
      (connection_id uuid, token_id uuid, agent_name text, application_name text, issued_at timestamptz,
        expires_at timestamptz)
  ) as found where due is not null`;

/** By the time of the statement, not of its transaction. */
const ANNOUNCE = `
  insert into gateways (gateway_id, announced_until, online)
  values (:gateway, statement_timestamp() + interval '15 seconds', cast(:online as text[]))
  on conflict (gateway_id) do update set announced_until = excluded.announced_until, online = excluded.online`;

const IS_ONLINE = `
  select from gateways where announced_until > statement_timestamp() and :agent = any (online) limit 1`;

function toAsked({ connectionId, pass }: WorkerConnection): object {
  return {
    connection_id: connectionId,
    token_id: pass.tokenId,
    agent_name: pass.agent,
    application_name: agentNameOf(ownerOf(pass.agent).clientId),
    issued_at: pass.issuedAt,
    expires_at: pass.expiresAt,
  };
}
