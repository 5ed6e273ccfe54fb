import { z } from 'zod';
import { textOf, utf8, type RawHeader } from './http-message.ts';
import { sendRaw } from './raw-http-client.ts';
import type { StackFixture } from './stack-fixture.ts';

export type Operation = 'register' | 'start';

export interface Outcome {
  readonly status: number;
  readonly code: string | undefined;
  /** The token, whichever kind it is; undefined where there is none. */
  readonly token: string | undefined;
  readonly identity: string | undefined;
  /** Why, and who it was, on the audit row of the refusal. */
  readonly reason: string | undefined;
  readonly actor: string | undefined;
  readonly actorKind: string | undefined;
}

interface Denial {
  readonly reason: string;
  readonly actor_client_id: string | null;
  readonly actor_kind: string | null;
}

const answer = z.looseObject({
  code: z.string().optional(),
  token: z.string().optional(),
  participant_token: z.string().optional(),
  participant_identity: z.string().optional(),
});

/** The running service, asked byte for byte, and everything a successful spoof would leave behind. */
export class SpoofTarget {
  readonly #fixture: StackFixture;
  readonly #rooms = new Set<string>();

  constructor(fixture: StackFixture) {
    this.#fixture = fixture;
  }

  /** What Ocelot sends for a caller, with its proof: lines to add to, to change or to leave out. */
  lines(clientId: string, userId: string | undefined): readonly RawHeader[] {
    const { header, value } = this.#fixture.stack.proof;
    return [
      [header, value],
      ['client-id', clientId],
      ...(userId === undefined ? [] : [['user-id', userId] as const]),
    ];
  }

  async ask(operation: Operation, headers: readonly RawHeader[], port = this.#port()): Promise<Outcome> {
    const requestId = crypto.randomUUID();
    const { apps } = this.#fixture.description;
    const body = operation === 'register' ? {} : { agent_entra_app_id: apps['agent-a'].client_id };
    const response = await sendRaw(port, {
      method: 'POST',
      target: operation === 'register' ? '/api/agent/register' : '/api/session/start',
      headers: [...headers, ['content-type', 'application/json'], ['x-request-id', requestId]],
      body: utf8(JSON.stringify(body)),
    });
    const told = answer.parse(JSON.parse(textOf(response.body)));
    const [row] = await this.#fixture.sql<Denial>(
      `select reason, actor_client_id, actor_kind from audit_events where request_id = $1 and outcome = 'denied'`,
      [requestId],
    );
    return {
      status: response.status,
      code: told.code,
      token: told.token ?? told.participant_token,
      identity: told.participant_identity,
      reason: row?.reason,
      actor: row?.actor_client_id ?? undefined,
      actorKind: row?.actor_kind ?? undefined,
    };
  }

  /** Rooms there have been, sessions, agents and tokens there are: equal before and after whatever grants nothing. */
  async footprint(): Promise<unknown> {
    const rooms = await this.#fixture.rooms();
    const rows = await this.#fixture.sql(
      `select (select count(*) from sessions)::int as sessions, (select count(*) from agents)::int as agents,
         (select max(registered_at)::text from agents) as registered_at,
         (select count(*) from audit_events where token_id is not null)::int as tokens`,
    );
    for (const room of rooms) {
      this.#rooms.add(room); // an empty one closes by itself
    }
    return { rooms: [...this.#rooms].sort(), rows };
  }

  #port(): number {
    return this.#fixture.stack.lkps.port;
  }
}
