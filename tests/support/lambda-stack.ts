import { Client } from 'pg';
import type { Gateway, GatewayKind } from '../../dev/lambda/gateway.ts';
import { startLkpsOnLambda } from '../../dev/lambda/lkps-on-lambda.ts';
import { applicationToken, bearer, post, type Answer } from '../../dev/platform-client.ts';
import type { Stack } from '../../dev/stack.ts';
import { eventually } from './eventually.ts';
import { openStack, type StackFixture } from './stack-fixture.ts';

/** The whole stack with its LKPS on Lambda, and further gateways beside it whose environments a test has to itself. */
export interface LambdaStack extends StackFixture {
  /** What functions wrote, those of further gateways too. */
  readonly log: readonly string[];
  readonly gateway: Gateway;
  /** One environment at most, so that a test knows which one answers. */
  readonly alone: (env?: Readonly<Record<string, string>>) => Promise<LoneGateway>;
  /** As `kill -9` of every connection the service's role holds; how many there were. */
  readonly cutConnections: () => Promise<number>;
  /** As a router that forgot every connection the service's role holds: nothing comes back, not even an end. */
  readonly silenceConnections: () => Promise<{ readonly count: number; readonly undo: () => void }>;
}

export interface LoneGateway {
  readonly gateway: Gateway;
  /** The registration of agent-a, through an Ocelot of its own. */
  readonly register: () => Promise<Answer>;
  readonly log: readonly string[];
}

export async function openLambdaStack(kind: GatewayKind): Promise<LambdaStack> {
  const fixture = await openStack({ host: `lambda-${kind}` });
  const { stack, description } = fixture;
  const { gateway } = stack;
  if (gateway === undefined) {
    throw new Error('the stack has no gateway');
  }
  const furtherLog: string[] = [];
  const opened: { readonly stop: () => Promise<void> }[] = [];
  return {
    ...fixture,
    gateway,
    get log() {
      return [...fixture.log, ...furtherLog];
    },
    alone: async (env = {}) => {
      const log: string[] = [];
      const lkps = await startLkpsOnLambda({
        kind,
        env: { ...stack.lkpsEnv, ...env },
        maxEnvironments: 1,
        log: (line) => {
          log.push(line);
          furtherLog.push(line);
        },
      });
      opened.push(lkps);
      const ocelot = await stack.startOcelot(lkps.url);
      const token = await applicationToken(description, description.apps['agent-a']);
      const register = (): Promise<Answer> => post(`${ocelot.url}/api/agent/register`, {}, bearer(token));
      return { gateway: lkps.gateway, register, log };
    },
    cutConnections: async () =>
      (await backends(stack.postgres.superuserUrl, 'pg_terminate_backend(pid, 5000)')).length,
    silenceConnections: async () => {
      const pids = await stopIdleBackends(stack);
      return {
        count: pids.length,
        undo: () => {
          for (const pid of pids) process.kill(pid, 'SIGCONT');
        },
      };
    },
    close: async () => {
      try {
        await Promise.all(opened.map((lkps) => lkps.stop()));
      } finally {
        await fixture.close();
      }
    },
  };
}

/** None of them holds what the server itself needs: the gateway, which is not frozen, is while they are stopped. */
async function stopIdleBackends({ agentGateway, postgres }: Stack): Promise<readonly number[]> {
  agentGateway?.child.pause();
  try {
    await eventually(
      () => backends(postgres.superuserUrl, 'true', `state = 'active'`),
      (active) => active.length === 0,
    );
    const pids = await backends(postgres.superuserUrl, 'true');
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    return pids;
  } finally {
    agentGateway?.child.resume();
  }
}

/** The server's processes for the service's connections, each done something to. */
async function backends(superuserUrl: string, done: string, which = 'true'): Promise<readonly number[]> {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>(
      `select pid, ${done} from pg_stat_activity where usename = 'lkps_app' and ${which}`,
    );
    return rows.map(({ pid }) => pid);
  } finally {
    await client.end();
  }
}
