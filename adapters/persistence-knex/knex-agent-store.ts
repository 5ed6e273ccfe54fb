import {
  parseAgentName,
  parseClientId,
  parseObjectId,
  type Agent,
  type AgentName,
  type AgentStore,
  type AuditEvent,
  type ClientAuthorization,
  type KnownAgent,
} from '../../core/index.ts';
import { insertAuditEvents } from './insert-audit-events.ts';
import type { Database, Transaction } from './open-database.ts';
import { requireSubjectKey, type SubjectKey } from './subject-ref.ts';

interface AgentRow {
  readonly agent_name: string;
  readonly client_id: string;
  readonly user_id: string | null;
  readonly client_authorization: ClientAuthorization;
  readonly registered_at: Date | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly tokens_void_until: Date | null;
}

/** {@link AgentStore} on PostgreSQL. */
export class KnexAgentStore implements AgentStore {
  readonly #db: Database;
  readonly #subjectKey: SubjectKey;

  constructor({ db, subjectKey }: { readonly db: Database; readonly subjectKey: SubjectKey }) {
    this.#db = db;
    this.#subjectKey = requireSubjectKey(subjectKey);
  }

  register(agent: Agent, audit: readonly AuditEvent[]): Promise<'registered' | 'agent_revoked'> {
    return this.#db.transact('agent was not registered', async (trx) => {
      if (!(await upsertAgent(trx, agent))) {
        return 'agent_revoked';
      }
      await insertAuditEvents(trx, audit, this.#subjectKey);
      return 'registered';
    });
  }

  async find(name: AgentName): Promise<KnownAgent | undefined> {
    const { rows } = await this.#db.read('agent was not read', (on) =>
      on.raw<{ rows: readonly AgentRow[] }>(FIND, [name]),
    );
    return rows[0] === undefined ? undefined : parseAgent(rows[0]);
  }
}

const FIND = `
  select a.*, coalesce(a.revoked_at, app.revoked_at) as revoked_at,
    greatest(a.tokens_void_until, app.tokens_void_until) as tokens_void_until
  from agents a left join agents app on app.agent_name = a.client_id::text
  where a.agent_name = ?`;

/**
 * Of two registrations at the same instant the one that expires later stays, and of two alike in that too the one that
 * is enforced (`required` sorts after `open`): order of arrival decides nothing.
 *
 * Answers whether it was done: not where the agent is revoked, nor the application whose personal agent it is.
 */
async function upsertAgent(trx: Transaction, agent: Agent): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: readonly unknown[] }>(
    `insert into agents as known
       (agent_name, client_id, user_id, client_authorization, registered_at, expires_at, first_registered_at)
     select :name, cast(:clientId as uuid), cast(:userId as uuid), :clientAuthorization,
       cast(:registeredAt as timestamptz), cast(:expiresAt as timestamptz), cast(:registeredAt as timestamptz)
     where not exists (
       select from agents app where app.agent_name = :clientId and app.revoked_at is not null)
     on conflict (agent_name) do update set
       (registered_at, expires_at, client_authorization) = (
         select newest.registered_at, newest.expires_at, newest.client_authorization
         from (values (known.registered_at, known.expires_at, known.client_authorization),
             (excluded.registered_at, excluded.expires_at, excluded.client_authorization))
           as newest (registered_at, expires_at, client_authorization)
         order by newest.registered_at desc nulls last, newest.expires_at desc,
           newest.client_authorization desc limit 1),
       first_registered_at = least(known.first_registered_at, excluded.first_registered_at)
     where known.revoked_at is null
     returning 1`,
    {
      name: agent.name,
      clientId: agent.clientId,
      userId: agent.userId ?? null,
      clientAuthorization: agent.clientAuthorization,
      registeredAt: agent.registeredAt,
      expiresAt: agent.expiresAt,
    },
  );
  return rows.length > 0;
}

/** Undefined where an agent was revoked that never registered. */
function parseAgent(row: AgentRow): KnownAgent | undefined {
  const { registered_at: registeredAt, expires_at: expiresAt, revoked_at: revokedAt } = row;
  const { tokens_void_until: tokensVoidUntil } = row;
  if (registeredAt === null || expiresAt === null) {
    return undefined;
  }
  return {
    name: parseAgentName(row.agent_name),
    clientId: parseClientId(row.client_id),
    ...(row.user_id === null ? {} : { userId: parseObjectId(row.user_id) }),
    clientAuthorization: row.client_authorization,
    registeredAt,
    expiresAt,
    ...(revokedAt === null ? {} : { revokedAt }),
    ...(tokensVoidUntil === null ? {} : { tokensVoidUntil }),
  };
}
