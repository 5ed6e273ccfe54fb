import { runClient, type ClientRun } from '../../dev/client-process.ts';
import { startSession, userToken, type StartedSession } from '../../dev/platform-client.ts';
import { eventually } from './eventually.ts';
import type { StackFixture } from './stack-fixture.ts';

export interface SessionRow {
  readonly state: string;
  readonly end_reason: string | null;
  readonly agent_presence: string;
  readonly room_sid: string | null;
}

/** One user, one agent, one conversation, from the user's token to the session's end on record. */
export interface Conversation {
  readonly entraToken: string;
  readonly session: StartedSession;
  readonly talk: ClientRun;
  readonly ended: SessionRow;
  /** Of a table, the rows about the session. */
  readonly rowsOf: <Row extends object>(table: string) => Promise<readonly Row[]>;
  /** `from>to` of the session's transitions on record. */
  readonly transitions: () => Promise<readonly string[]>;
}

export async function haveConversation(
  { description, sql }: StackFixture,
  { nonce, toneHz }: { readonly nonce: string; readonly toneHz: number },
): Promise<Conversation> {
  const ada = description.users['ada'];
  if (ada === undefined) {
    throw new Error('the stack has no ada');
  }
  const entraToken = await userToken(description, ada, description.apps['client-a']);
  const agentId = description.apps['agent-a'].client_id.toUpperCase();
  const session = await startSession(description, entraToken, agentId);
  const talk = await runClient(session, [
    ...['talk', '--nonce', nonce],
    ...['--tone', String(toneHz), '--timeout', '60'],
  ]);
  const rowsOf = <Row extends object>(table: string): Promise<readonly Row[]> =>
    sql<Row>(`select * from ${table} where session_id = $1`, [session.sessionId]);
  const ended = await eventually(
    async () => {
      const [row] = await rowsOf<SessionRow>('sessions');
      if (row === undefined) {
        throw new Error('the session is not on record');
      }
      return row;
    },
    (row) => row.state === 'ended',
    60_000,
  );
  const transitions = async (): Promise<readonly string[]> => {
    const rows = await sql<{ details: { from: string; to: string } }>(
      `select details from audit_events where session_id = $1 and type = 'session.transition' order by event_id`,
      [session.sessionId],
    );
    return rows.map(({ details }) => `${details.from}>${details.to}`);
  };
  return { entraToken, session, talk, ended, rowsOf, transitions };
}
