import { Client } from 'pg';
import { describeStack } from '../../dev/stack-description.ts';
import { startStack, type Stack, type StackOptions } from '../../dev/stack.ts';
import type { StackDescription } from '../../dev/description.ts';

/** The whole stack, seen from outside: its URLs, its database as `psql` would see it, and every line LKPS logged. */
export interface StackFixture {
  readonly stack: Stack;
  readonly description: StackDescription;
  readonly log: readonly string[];
  readonly sql: <Row extends object>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
  readonly close: () => Promise<void>;
}

export async function openStack(options: StackOptions = {}): Promise<StackFixture> {
  const log: string[] = [];
  const stack = await startStack({
    ...options,
    log: (source, line) => {
      if (source === 'lkps') {
        log.push(line);
      }
    },
  });
  const db = new Client({ connectionString: stack.postgres.adminUrl });
  db.on('error', () => undefined); // tests take the server away
  await db.connect();
  return {
    stack,
    description: describeStack(stack),
    log,
    sql: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await db.query<Row>(text, [...values])).rows,
    close: async () => {
      await db.end().catch(() => undefined);
      await stack.stop();
    },
  };
}
