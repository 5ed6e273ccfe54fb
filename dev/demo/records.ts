import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

const POLL_MS = 250;

/** A fact LiveKit's webhooks brought, or a step of the service itself. */
export interface FactRow {
  readonly observed_at: Date;
  readonly kind: string;
  readonly participant_identity: string | null;
  readonly disconnect_reason: string | null;
}

export interface AuditRow {
  readonly occurred_at: Date;
  readonly type: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly actor_kind: string | null;
  readonly actor_client_id: string | null;
  readonly grants: Readonly<Record<string, unknown>> | null;
  readonly token_id: string | null;
  readonly details: Readonly<Record<string, string>> | null;
  readonly request_id: string | null;
}

/** Reads what the platform put on record, as an operator with psql would. */
export class Records {
  readonly #db: Client;

  private constructor(db: Client) {
    this.#db = db;
  }

  static async open(databaseUrl: string): Promise<Records> {
    const db = new Client({ connectionString: databaseUrl });
    await db.connect();
    return new Records(db);
  }

  async close(): Promise<void> {
    await this.#db.end();
  }

  /** The session's end reason, once it has ended. */
  async waitForEnd(sessionId: string, timeoutMs: number, signal: AbortSignal): Promise<string> {
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline) {
      const { rows } = await this.#db.query<{ state: string; end_reason: string }>(
        'select state, end_reason from sessions where session_id = $1',
        [sessionId],
      );
      if (rows[0]?.state === 'ended') {
        return rows[0].end_reason;
      }
      await delay(POLL_MS, undefined, { signal });
    }
    throw new Error(`the session did not end on record within ${timeoutMs} ms`);
  }

  /** Milliseconds from the intent to the grant: committing the intent, and LiveKit's CreateRoom. */
  async roomTimeOf(sessionId: string): Promise<number> {
    const { rows } = await this.#db.query<{ ms: number }>(
      `select (extract(epoch from max(occurred_at) - min(occurred_at)) * 1000)::int as ms
       from audit_events where session_id = $1 and type in ('session.requested', 'session.granted')`,
      [sessionId],
    );
    return rows[0]?.ms ?? Number.NaN;
  }

  async factsOf(sessionId: string): Promise<readonly FactRow[]> {
    const { rows } = await this.#db.query<FactRow>(
      `select observed_at, kind, participant_identity, disconnect_reason
       from session_facts where session_id = $1 order by observed_at, fact_id`,
      [sessionId],
    );
    return rows;
  }

  /** The agent's registrations, its workers' and the session's own rows, in the order they happened. */
  async auditTrailOf(sessionId: string, agentId: string): Promise<readonly AuditRow[]> {
    const { rows } = await this.#db.query<AuditRow>(
      `select occurred_at, type, outcome, reason, actor_kind, actor_client_id, grants, token_id, details, request_id
       from audit_events
       where session_id = $1 or (type in ('agent.registered', 'worker.admitted') and agent_name = $2)
       order by event_id`,
      [sessionId, agentId],
    );
    return rows;
  }

  /** What the gateway last refused to a worker of the agent, once that is on record. */
  async waitForWorkerRefusal(agentId: string, timeoutMs: number): Promise<AuditRow> {
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline) {
      const { rows } = await this.#db.query<AuditRow>(
        `select occurred_at, type, outcome, reason, actor_kind, actor_client_id, grants, token_id, details, request_id
         from audit_events where agent_name = $1 and type = 'worker.message_refused' order by event_id desc`,
        [agentId],
      );
      if (rows[0] !== undefined) {
        return rows[0];
      }
      await delay(POLL_MS);
    }
    throw new Error(`no refusal of a worker was on record within ${timeoutMs} ms`);
  }

  /** The refusal that a request left behind. */
  async refusalOf(requestId: string): Promise<AuditRow | undefined> {
    const { rows } = await this.#db.query<AuditRow>(
      `select occurred_at, type, outcome, reason, actor_kind, actor_client_id, grants, token_id, details, request_id
       from audit_events where request_id = $1 and outcome = 'denied'`,
      [requestId],
    );
    return rows[0];
  }
}
