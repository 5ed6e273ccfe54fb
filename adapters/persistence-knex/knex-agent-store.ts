import {
  parseAgentName,
  parseClientId,
  type Agent,
  type AgentName,
  type AgentStore,
  type AuditEvent,
} from '../../core/index.ts';
import { insertAuditEvents } from './insert-audit-events.ts';
import type { Database, Transaction } from './open-database.ts';
import { requireSubjectKey, type SubjectKey } from './subject-ref.ts';

interface AgentRow {
  readonly agent_name: string;
  readonly client_id: string;
  readonly registered_at: Date;
  readonly expires_at: Date;
}

/** {@link AgentStore} on PostgreSQL. */
export class KnexAgentStore implements AgentStore {
  readonly #db: Database;
  readonly #subjectKey: SubjectKey;

  constructor({ db, subjectKey }: { readonly db: Database; readonly subjectKey: SubjectKey }) {
    this.#db = db;
    this.#subjectKey = requireSubjectKey(subjectKey);
  }

  async register(agent: Agent, audit: readonly AuditEvent[]): Promise<void> {
    await this.#db.transact('agent was not registered', async (trx) => {
      await upsertAgent(trx, agent);
      await insertAuditEvents(trx, audit, this.#subjectKey);
    });
  }

  find(name: AgentName): Promise<Agent | undefined> {
    return this.#db.transact('agent was not read', async (trx) => {
      const row = await trx<AgentRow>('agents').where({ agent_name: name }).first();
      return row === undefined ? undefined : parseAgent(row);
    });
  }
}

/** Of two registrations at the same instant the one that expires later stays: order of arrival decides nothing. */
async function upsertAgent(trx: Transaction, agent: Agent): Promise<void> {
  await trx.raw(
    `insert into agents as known (agent_name, client_id, registered_at, expires_at, first_registered_at)
     values (:name, :clientId, :registeredAt, :expiresAt, :registeredAt)
     on conflict (agent_name) do update set
       (registered_at, expires_at) = (
         select newest.registered_at, newest.expires_at
         from (values (known.registered_at, known.expires_at), (excluded.registered_at, excluded.expires_at))
           as newest (registered_at, expires_at)
         order by newest.registered_at desc, newest.expires_at desc limit 1),
       first_registered_at = least(known.first_registered_at, excluded.first_registered_at)`,
    {
      name: agent.name,
      clientId: agent.clientId,
      registeredAt: agent.registeredAt,
      expiresAt: agent.expiresAt,
    },
  );
}

function parseAgent(row: AgentRow): Agent {
  return {
    name: parseAgentName(row.agent_name),
    clientId: parseClientId(row.client_id),
    registeredAt: row.registered_at,
    expiresAt: row.expires_at,
  };
}
