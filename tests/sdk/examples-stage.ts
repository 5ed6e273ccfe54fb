import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { untilAgentIs } from '../../dev/agent-presence.ts';
import type { AppName, StackDescription } from '../../dev/description.ts';
import { applicationToken, startSession, type StartedSession } from '../../dev/platform-client.ts';
import { startChild } from '../../dev/process/child.ts';
import { startTelling } from '../agents/process-events.ts';
import { openStack } from '../support/stack-fixture.ts';
import { plainSettings, runExample, type ExampleRun, type Logged } from './examples-agent.ts';
import { platformSettings } from './platform-settings.ts';
import { openPlainRoom, type PlainAgent } from './examples-plain-room.ts';
import { openTerminals, type Terminals } from './examples-guide.ts';
import { EXAMPLES_FOLDER, type Step } from './examples-programs.ts';
import { PROVIDER_KEY, startProvider, type Provider } from './examples-provider.ts';
import { MESSAGES } from './messages.ts';
import { sdkPython, typesCacheOf } from './python.ts';
import { PYTHON_SOURCES } from './stage.ts';

const CLIENT = fileURLToPath(new URL('./examples_client.py', import.meta.url));
/** Applications that are agents here, which each may reach itself: as many examples run at the same time. */
const APPS: readonly AppName[] = ['agent-a', 'agent-b'];

/** Where a client joins. */
export type Seat = Pick<StartedSession, 'livekitUrl' | 'token'>;

export type Acting = (seat: Seat, logged: Logged) => Promise<void>;

export interface ExampleStage {
  readonly provider: Provider;
  readonly description: StackDescription;
  /** A program of examples/agents as an agent of the platform; a client has a session with it while `act` goes on. */
  readonly onPlatform: (file: string, act: Acting) => Promise<ExampleRun>;
  /** The same as an agent of LiveKit itself, by its API key. */
  readonly onPlainLiveKit: (file: PlainAgent, act: Acting) => Promise<ExampleRun>;
  /** A real client goes through the steps; rejects with what it did not get. */
  readonly talk: (seat: Seat, steps: readonly Step[]) => Promise<void>;
  /** For somebody who follows the guide; their `agent-a` is nobody else's meanwhile. */
  readonly terminals: (act: (terminals: Terminals) => Promise<void>) => Promise<void>;
  /** What a Python module, such as `ruff`, says in the examples' folder; its exit code first. */
  readonly module: (args: readonly string[]) => Promise<string>;
  readonly close: () => Promise<void>;
}

export async function openExampleStage(): Promise<ExampleStage> {
  const python = await sdkPython(() => undefined);
  const provider = await startProvider();
  const { description, stack, close } = await openStack({ agent: false });
  const models = { OPENAI_BASE_URL: provider.url, OPENAI_API_KEY: PROVIDER_KEY };
  const borrow = lend(APPS);
  const database = { databaseUrl: stack.postgres.serviceUrl, timeoutMs: 60_000 };
  return {
    ...{ provider, description },
    onPlatform: (file, act) =>
      borrow((name) => {
        const env = { ...platformSettings(description, name), ...models };
        return runExample({ python, file, env, ready: MESSAGES.log.connected }, async (logged) => {
          const app = description.apps[name];
          await untilAgentIs('online', app.client_id, database);
          const token = await applicationToken(description, app);
          await act(await startSession(description, token, app.client_id), logged);
        });
      }),
    onPlainLiveKit: (file, act) => {
      const env = { ...plainSettings(description), ...models };
      return runExample({ python, file, env, ready: 'registered worker' }, async (logged) => {
        const room = await openPlainRoom(description, file);
        await act(room, logged).finally(() => room.close());
      });
    },
    talk: async ({ livekitUrl, token }, steps) => {
      const conversations = [{ name: 'client', url: livekitUrl, token, steps }];
      const client = await startTelling(
        {
          name: 'client',
          command: python,
          args: [CLIENT],
          env: { CONVERSATIONS: JSON.stringify(conversations) },
        },
        () => undefined,
      );
      try {
        await client.until('done', 1, 300_000);
      } finally {
        await client.child.stop();
      }
    },
    terminals: (act) =>
      borrow(async (name) => {
        const app = description.apps[name];
        const apps = { ...description.apps, 'agent-a': app };
        const untilOnline = (): Promise<void> => untilAgentIs('online', app.client_id, database);
        const terminals = await openTerminals({
          description: { ...description, apps },
          python,
          untilOnline,
        });
        await act(terminals).finally(terminals.close);
      }),
    module: async (args) => {
      const env = {
        MYPYPATH: [PYTHON_SOURCES, join(EXAMPLES_FOLDER, 'python')].join(delimiter),
        MYPY_CACHE_DIR: `${typesCacheOf(python)}-of-examples`,
        NO_COLOR: '1',
      };
      const told = { name: args[0] ?? '', command: python, args: ['-m', ...args], cwd: EXAMPLES_FOLDER, env };
      const child = await startChild(told);
      const { code } = await child.exited;
      return [`exit code ${String(code)}`, ...child.tail()].join('\n');
    },
    close: async () => {
      await provider.close();
      await close();
    },
  };
}

/** Each to one borrower at a time; whoever comes later waits. */
function lend<T>(things: readonly T[]): <R>(use: (thing: T) => Promise<R>) => Promise<R> {
  const free = [...things];
  const waiting: ((thing: T) => void)[] = [];
  const take = (): Promise<T> => {
    const thing = free.pop();
    return thing === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(thing);
  };
  return async (use) => {
    const thing = await take();
    try {
      return await use(thing);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free.push(thing);
      else next(thing);
    }
  };
}
