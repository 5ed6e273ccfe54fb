import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

const POLL_MS = 50;

/**
 * Waits until sessions with the agent can be started, or cannot any more, as far as gateways announce it; rejects when it
 * takes longer than `timeoutMs`.
 */
export async function untilAgentIs(
  presence: 'online' | 'offline',
  agentName: string,
  { databaseUrl, timeoutMs = 15_000 }: { readonly databaseUrl: string; readonly timeoutMs?: number },
): Promise<void> {
  const db = new Client({ connectionString: databaseUrl });
  db.on('error', () => undefined);
  await db.connect();
  const isOnline = async (): Promise<boolean> => {
    const { rowCount } = await db.query(
      'select from gateways where announced_until > now() and $1 = any (online)',
      [agentName],
    );
    return rowCount !== 0;
  };
  try {
    for (const startedAt = performance.now(); performance.now() - startedAt < timeoutMs;) {
      if ((await isOnline()) === (presence === 'online')) return;
      await delay(POLL_MS);
    }
  } finally {
    await db.end();
  }
  throw new Error(`${agentName} was not ${presence} within ${timeoutMs} ms`);
}
