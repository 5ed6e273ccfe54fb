import { JobType, type Job } from '@livekit/protocol';
import { setTimeout as delay } from 'node:timers/promises';
import { untilAgentIs } from '../../dev/agent-presence.ts';
import type { AppName } from '../../dev/description.ts';
import { applicationToken, bearer, post, textOf, type Answer } from '../../dev/platform-client.ts';
import { describeStack } from '../../dev/stack-description.ts';
import type { Stack } from '../../dev/stack.ts';
import { connectWorker, type RawWorker } from './attack-worker.ts';

/** An agent that is there, as far as anybody can tell: a worker through the gateway, and no process and no library. */
export interface StackWorker {
  readonly agentName: string;
  /** Jobs it was offered, on all its connections. */
  readonly jobs: readonly Job[];
  readonly close: () => Promise<void>;
}

export interface StackWorkerOptions {
  /** Whether it takes the jobs it is offered; it never joins a room. Default: none. */
  readonly accepts?: boolean;
  /** Default: as `app`, through the stack's own edge. */
  readonly register?: () => Promise<Answer>;
}

const RETRY_MS = 300;

/**
 * Registers, and keeps a worker connected with what that answers: whatever ends the connection, it comes back with a fresh
 * registration, until it is closed. Resolves once sessions can be started.
 */
export async function startStackWorker(
  stack: Stack,
  app: AppName,
  { accepts = false, register = () => registerAs(stack, app) }: StackWorkerOptions = {},
): Promise<StackWorker> {
  const jobs: Job[] = [];
  const closing = new AbortController();
  const connect = async (): Promise<{ readonly agentName: string; readonly worker: RawWorker }> => {
    const { body } = await register();
    const agentName = textOf(body, 'agent_name');
    const endpoint = { url: `${textOf(body, 'livekit_url')}/agent`, token: textOf(body, 'token') };
    const worker = await connectWorker(endpoint, (job) => {
      jobs.push(job);
      return { available: accepts };
    });
    if (typeof worker === 'number') throw new Error(`the gateway answered ${worker} to a worker`);
    worker.say({ case: 'register', value: { type: JobType.JT_ROOM, agentName, version: '1.0.0' } });
    try {
      await worker.first((message) => (message.case === 'register' ? true : undefined));
      return { agentName, worker };
    } catch (error) {
      await worker.close();
      throw error;
    }
  };

  const first = await connect();
  const { agentName } = first;
  let { worker } = first;
  const keeping = (async () => {
    for (;;) {
      await Promise.race([worker.ended, aborted(closing.signal)]);
      if (closing.signal.aborted) return worker.close();
      await delay(RETRY_MS, undefined, { signal: closing.signal }).catch(() => undefined);
      ({ worker } = await connect().catch(() => ({ worker })));
    }
  })();
  await untilAgentIs('online', agentName, { databaseUrl: stack.postgres.serviceUrl });
  return {
    agentName,
    jobs,
    close: () => {
      closing.abort();
      return keeping;
    },
  };
}

async function registerAs(stack: Stack, app: AppName): Promise<Answer> {
  const description = describeStack(stack);
  const token = await applicationToken(description, description.apps[app]);
  return post(`${stack.ocelot.url}/api/agent/register`, {}, bearer(token));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      resolve();
    };
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}
