import { eventually } from '../support/eventually.ts';
import type { StackFixture } from '../support/stack-fixture.ts';

/** What is on record about the workers of one agent. */
export interface WorkerRecords {
  readonly count: (type: string, reason?: string) => Promise<number>;
  readonly untilCount: (least: number, type: string, reason?: string) => Promise<void>;
  /** Whether the job of a room was given to it. */
  readonly isRelayed: (room: string) => Promise<boolean>;
  /** Of what was refused, withheld or dropped for cause. */
  readonly refusals: () => Promise<readonly string[]>;
  /** Whether sessions with it can be started, as far as gateways announce it. */
  readonly untilOnline: (isOnline: boolean) => Promise<void>;
}

const PATIENCE_MS = 60_000;

export function workerRecords(fixture: StackFixture, agent: string): WorkerRecords {
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: the connection takes no more. */
  const sql = <Row extends object>(text: string, values: readonly unknown[]): Promise<readonly Row[]> => {
    const rows = last.then(() => fixture.sql<Row>(text, values));
    last = rows.catch(() => undefined);
    return rows;
  };
  const count = async (type: string, reason?: string): Promise<number> => {
    const rows = await sql<{ reason: string | null }>(
      'select reason from audit_events where type = $1 and agent_name = $2',
      [type, agent],
    );
    return rows.filter((row) => reason === undefined || row.reason === reason).length;
  };
  const gateways = (): Promise<readonly object[]> =>
    sql('select from gateways where announced_until > now() and $1 = any (online)', [agent]);
  return {
    count,
    untilCount: async (least, type, reason) => {
      await eventually(
        () => count(type, reason),
        (found) => found >= least,
        PATIENCE_MS,
      );
    },
    isRelayed: async (room) => {
      const rows = await sql(
        `select from audit_events where type = 'worker.job_relayed' and room_name = $1`,
        [room],
      );
      return rows.length > 0;
    },
    refusals: async () => {
      const rows = await sql<{ type: string; reason: string | null }>(
        `select type, reason from audit_events where agent_name = $1
           and type in ('worker.refused', 'worker.message_refused', 'worker.job_withheld')`,
        [agent],
      );
      return rows.map(({ type, reason }) => `${type} ${reason ?? ''}`);
    },
    untilOnline: async (isOnline) => {
      await eventually(gateways, (found) => found.length > 0 === isOnline, PATIENCE_MS);
    },
  };
}
