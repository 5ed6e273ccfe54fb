import { RoomServiceClient } from 'livekit-server-sdk';
import { Client } from 'pg';
import { describeStack } from '../../dev/stack-description.ts';
import { startStack, type Stack, type StackOptions } from '../../dev/stack.ts';
import type { AppName, StackDescription } from '../../dev/description.ts';
import { startStackWorker, type StackWorker, type StackWorkerOptions } from './stack-worker.ts';

/** The whole stack, seen from outside: its URLs, its database as `psql` would see it, and every line LKPS logged. */
export interface StackFixture {
  readonly stack: Stack;
  readonly description: StackDescription;
  readonly log: readonly string[];
  readonly sql: <Row extends object>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
  /** The names of the rooms that LiveKit has, sorted. */
  readonly rooms: () => Promise<readonly string[]>;
  /** Brings an agent online, in place of one of its own that talks; until the fixture is closed. */
  readonly online: (app: AppName, options?: StackWorkerOptions) => Promise<StackWorker>;
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
  const description = describeStack(stack);
  const { url, key, secret } = description.livekit_api;
  const roomService = new RoomServiceClient(url, key, secret);
  const db = new Client({ connectionString: stack.postgres.adminUrl });
  db.on('error', () => undefined); // tests take the server away
  await db.connect();
  const workers: StackWorker[] = [];
  return {
    stack,
    description,
    log,
    sql: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await db.query<Row>(text, [...values])).rows,
    rooms: async () => (await roomService.listRooms()).map(({ name }) => name).sort(),
    online: async (app, options) => {
      const worker = await startStackWorker(stack, app, options);
      workers.push(worker);
      return worker;
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
      await db.end().catch(() => undefined);
      await stack.stop();
    },
  };
}
