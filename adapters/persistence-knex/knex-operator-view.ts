import type { Knex } from 'knex';
import {
  OPEN_STATES,
  ownerOf,
  parseAgentName,
  parseClientId,
  type AgentName,
  type AgentSelection,
  type BlockedClient,
  type CutOff,
  type ListedAgent,
  type OperatorNote,
  type OperatorView,
  type Session,
  type SessionFact,
  type SessionId,
  type SessionSelection,
} from '../../core/index.ts';
import { parseFact, type FactRow } from './fact-row.ts';
import type { Database } from './open-database.ts';
import { parseSession, type SessionRow } from './session-row.ts';

interface ListedAgentRow {
  readonly agent_name: string;
  readonly registered_at: Date | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly revoke_note: string | null;
}

interface BlockedClientRow {
  readonly client_id: string;
  readonly blocked_at: Date;
  readonly block_note: string | null;
}

/** {@link OperatorView} on PostgreSQL. */
export class KnexOperatorView implements OperatorView {
  readonly #db: Database;

  constructor({ db }: { readonly db: Database }) {
    this.#db = db;
  }

  async listAgents({ agent, revoked, after, limit }: AgentSelection): Promise<readonly ListedAgent[]> {
    const { clientId, userId } = agent === undefined ? {} : ownerOf(agent);
    const values = {
      client: clientId ?? null,
      personal: userId === undefined ? null : (agent ?? null),
      revoked: revoked === true,
      after: after ?? null,
      limit,
    };
    const { rows } = await this.#db.read('agents were not listed', (on) =>
      on.raw<{ rows: readonly ListedAgentRow[] }>(
        `select * from (
           select a.agent_name, a.registered_at, a.expires_at,
             case when a.revoked_at is null then app.revoked_at else a.revoked_at end as revoked_at,
             case when a.revoked_at is null then app.revoke_note else a.revoke_note end as revoke_note
           from agents a left join agents app on app.agent_name = a.client_id::text
           where (cast(:client as uuid) is null or a.client_id = :client)
             and (cast(:personal as text) is null or a.agent_name = :personal)
             and (cast(:after as text) is null or a.agent_name collate "C" > :after)) as known
         where revoked_at is not null or (registered_at is not null and not :revoked)
         order by agent_name collate "C" limit :limit`,
        values,
      ),
    );
    return rows.map(parseListedAgent);
  }

  async hasRegistered(agent: AgentName): Promise<boolean> {
    const { clientId, userId } = ownerOf(agent);
    const rows = await this.#db.read('an agent was not looked up', (on) =>
      on('agents')
        .where({ client_id: clientId, ...(userId === undefined ? {} : { agent_name: agent }) })
        .whereNotNull('registered_at')
        .limit(1),
    );
    return rows.length > 0;
  }

  async listBlockedClients(limit: number): Promise<readonly BlockedClient[]> {
    const rows = await this.#db.read('blocked clients were not listed', (on) =>
      on<BlockedClientRow>('clients').whereNotNull('blocked_at').orderBy('client_id').limit(limit),
    );
    return rows.map((row) => ({
      clientId: parseClientId(row.client_id),
      blocked: parseCutOff(row.blocked_at, row.block_note),
    }));
  }

  async listSessions(selection: SessionSelection): Promise<readonly Session[]> {
    const rows = await this.#db.read('sessions were not listed', (on) =>
      on<SessionRow>('sessions')
        .where(selected(selection))
        .orderBy([
          { column: 'requested_at', order: 'desc' },
          { column: 'session_id', order: 'desc' },
        ])
        .limit(selection.limit),
    );
    return rows.map(parseSession);
  }

  async factsOf(session: SessionId): Promise<readonly SessionFact[]> {
    const rows = await this.#db.read('facts of a session were not read', (on) =>
      on<FactRow>('session_facts').where({ session_id: session }).orderBy(['observed_at', 'fact_id']),
    );
    return rows.map(parseFact);
  }
}

function selected({ agent, client, open, after }: SessionSelection): (query: Knex.QueryBuilder) => void {
  return (query) => {
    if (agent !== undefined) {
      const { clientId, userId } = ownerOf(agent);
      void query.where({ agent_client_id: clientId, ...(userId === undefined ? {} : { agent_name: agent }) });
    }
    if (client !== undefined) {
      void query.where({ caller_client_id: client });
    }
    if (open === true) {
      void query.whereIn('state', OPEN_STATES);
    }
    if (after !== undefined) {
      const { requestedAt, sessionId } = after.intent;
      void query.whereRaw('(requested_at, session_id) < (?, ?)', [requestedAt, sessionId]);
    }
  };
}

function parseListedAgent(row: ListedAgentRow): ListedAgent {
  const { registered_at: registeredAt, expires_at: expiresAt, revoked_at: revokedAt } = row;
  return {
    name: parseAgentName(row.agent_name),
    ...(registeredAt === null || expiresAt === null ? {} : { registration: { registeredAt, expiresAt } }),
    ...(revokedAt === null ? {} : { revoked: parseCutOff(revokedAt, row.revoke_note) }),
  };
}

/** Was parsed on its way in. */
function parseCutOff(at: Date, note: string | null): CutOff {
  return { at, ...(note === null ? {} : { note: note as OperatorNote }) };
}
