import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  clientAccessList,
  createAccounts,
  directoryOf,
  entraApps,
  randomSecret,
  type Accounts,
  type AgentName,
} from './accounts.ts';
import { untilAgentIs } from './agent-presence.ts';
import { startEchoAgent, type EchoAgent } from './echo-agent.ts';
import { startEntra, type Entra } from './entra/server.ts';
import type { Gateway } from './lambda/gateway.ts';
import { findLiveKit } from './livekit/binary.ts';
import { startLiveKit, type LiveKit } from './livekit/server.ts';
import { migrateLkps, startLkps, startLkpsGateway, type Lkps, type ServedLkps } from './lkps.ts';
import { startOnHost, type StackHost } from './lkps-host.ts';
import { startOcelot, type Ocelot, type OcelotOptions } from './ocelot/server.ts';
import { startPostgres, type Postgres } from './postgres/server.ts';
import { freePort } from './process/free-port.ts';
import { createTemporaryDirectory, removeDirectory } from './process/temporary-directory.ts';
import type { Progress } from './progress.ts';
import { embeddedAt, lkpsEnvironment, type AgentGatewayMode, type LiveKitKey } from './stack-environment.ts';
import { StackStart } from './stack-start.ts';

export type LogSource = 'postgres' | 'livekit' | 'lkps' | 'agent';

export interface StackOptions {
  /** What runs the stack's own LKPS; default `koa`. On Lambda it starts with its first request, from `dist/lambda`. */
  readonly host?: StackHost;
  /** Where the agent gateway runs; default in the service, or beside it where that is on Lambda. */
  readonly agentGateway?: AgentGatewayMode;
  /** Whether agent-a's echo agent is started; default true. */
  readonly agent?: boolean;
  readonly progress?: Progress;
  readonly log?: (source: LogSource, line: string) => void;
  /** Laid over the service's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the service reads who may reach an agent: a file, or the emulator's Graph; default `file`. */
  readonly directory?: 'file' | 'graph';
  readonly entraTokenLifetimeSeconds?: number;
  /** Aborting ends a start halfway: what is up by then is stopped, and the start rejects. */
  readonly signal?: AbortSignal;
}

/** The whole platform on loopback: real LiveKit, PostgreSQL and service, stand-ins for Entra and the edge. */
export interface Stack {
  readonly accounts: Accounts;
  readonly entra: Entra;
  readonly ocelot: Ocelot;
  readonly lkps: ServedLkps;
  /** In front of LKPS where it runs on Lambda. */
  readonly gateway: Gateway | undefined;
  readonly livekit: LiveKit;
  readonly postgres: Postgres;
  /** Where workers connect: the agent gateway, or LiveKit where there is none. */
  readonly agentGatewayUrl: string;
  /** Its process, where it has one of its own. */
  readonly agentGateway: Lkps | undefined;
  readonly agent: EchoAgent | undefined;
  readonly proof: OcelotOptions['proof'];
  readonly livekitKey: LiveKitKey;
  readonly webhookKey: LiveKitKey;
  readonly agentTokenKey: LiveKitKey;
  /** The service's environment, but for its ports: the agent gateway is beside it, also where the stack's own has it inside. */
  readonly lkpsEnv: Readonly<Record<string, string>>;
  /** One more service on the same database and LiveKit, always a process of its own; webhooks go to the first one only. */
  readonly startLkps: (env?: Readonly<Record<string, string>>) => Promise<Lkps>;
  /** One more edge, in front of another service. */
  readonly startOcelot: (upstream: string) => Promise<Ocelot>;
  readonly startAgent: (app: AgentName, ocelotUrl?: string) => Promise<EchoAgent>;
  readonly stop: () => Promise<void>;
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const start = new StackStart(options.progress);
  const abort = (): void => {
    start.abort(options.signal?.reason);
  };
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    options.signal?.throwIfAborted();
    return await boot(options, start);
  } catch (error) {
    await start.teardown.run();
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
}

async function boot(options: StackOptions, start: StackStart): Promise<Stack> {
  const { teardown, signal } = start;
  const logOf = (source: LogSource) => (line: string) => options.log?.(source, line);
  const accounts = createAccounts();
  const livekitKey = { id: 'lkps-dev', secret: randomSecret() };
  const webhookKey = { id: 'lkps-webhook', secret: randomSecret() };
  const agentTokenKey = { id: 'lkps-agents', secret: randomSecret() };
  const proof = { header: 'x-lkps-proxy-proof', value: randomSecret() };
  const lkpsPort = await freePort();
  const lkpsUrl = `http://127.0.0.1:${lkpsPort}`;
  const host = options.host ?? 'koa';
  const gatewayMode = options.agentGateway ?? (host === 'koa' ? 'embedded' : 'separate');
  const gatewayPort = await freePort();
  const directory = await createTemporaryDirectory('lkps-stack-');
  teardown.add('files', () => {
    removeDirectory(directory);
    return Promise.resolve();
  });
  const directoryFile = join(directory, 'directory.json');
  await writeFile(directoryFile, JSON.stringify(directoryOf(accounts), undefined, 2));

  const [postgres, livekit, entra] = await start.together([
    start.step('PostgreSQL', () =>
      teardown.started('PostgreSQL', startPostgres({ log: logOf('postgres'), signal })),
    ),
    start.step('LiveKit server', async (working) => {
      const { path } = await findLiveKit({ working, signal });
      return teardown.started(
        'LiveKit',
        startLiveKit({
          binary: path,
          keys: { [livekitKey.id]: livekitKey.secret, [webhookKey.id]: webhookKey.secret },
          webhook: { url: `${lkpsUrl}/livekit/webhook`, keyId: webhookKey.id },
          log: logOf('livekit'),
          signal,
        }),
      );
    }),
    start.step('Entra emulator', () =>
      teardown.started(
        'Entra',
        startEntra({
          tenantId: accounts.tenantId,
          resources: [accounts.resource],
          apps: entraApps(accounts),
          users: Object.values(accounts.users),
          ...(options.entraTokenLifetimeSeconds === undefined
            ? {}
            : { tokenLifetimeSeconds: options.entraTokenLifetimeSeconds }),
        }),
      ),
    ),
  ]);

  const agentGatewayUrl = gatewayMode === 'off' ? livekit.wsUrl : `ws://127.0.0.1:${gatewayPort}`;
  const keys = { livekitKey, webhookKey, agentTokenKey };
  const lkpsEnv = {
    ...lkpsEnvironment({
      ...{ accounts, entra, livekit, postgres, proof },
      ...keys,
      agentGateway: { mode: gatewayMode, url: agentGatewayUrl },
      directoryFile: options.directory === 'graph' ? undefined : directoryFile,
    }),
    ...options.env,
  };
  const lkpsOptions = { env: lkpsEnv, log: logOf('lkps'), signal };
  await start.step('Migrations', () =>
    migrateLkps({ ...lkpsOptions, env: { ...lkpsEnv, LKPS_DATABASE_ADMIN_URL: postgres.adminUrl } }),
  );

  const newOcelot = (upstream: string): Promise<Ocelot> =>
    startOcelot({ entra, upstream, proof, clientAccessList: clientAccessList(accounts) });
  const [ocelot, lkps, agentGateway] = await start.together([
    start.step('Ocelot stand-in', () => teardown.started('Ocelot', newOcelot(lkpsUrl))),
    start.step('LKPS', () => {
      const env = gatewayMode === 'embedded' ? { ...lkpsEnv, ...embeddedAt(gatewayPort) } : lkpsEnv;
      return teardown.started('LKPS', startOnHost(host, { ...lkpsOptions, env, port: lkpsPort }));
    }),
    gatewayMode === 'separate'
      ? start.step('Agent gateway', () => {
          return teardown.started('agent gateway', startLkpsGateway({ ...lkpsOptions, port: gatewayPort }));
        })
      : Promise.resolve(undefined),
  ]);

  const startAgent = async (app: AgentName, ocelotUrl = ocelot.url): Promise<EchoAgent> => {
    const agent = await teardown.started(
      app,
      startEchoAgent({
        account: accounts.apps[app],
        entra,
        scope: accounts.scope,
        lkpsUrl: ocelotUrl,
        log: logOf('agent'),
        signal,
      }),
    );
    const database = { databaseUrl: postgres.serviceUrl };
    await (gatewayMode === 'off' ? undefined : untilAgentIs('online', agent.name, database));
    return agent;
  };
  const agent =
    options.agent === false ? undefined : await start.step('Echo agent', () => startAgent('agent-a'));
  signal.throwIfAborted();

  return {
    accounts,
    entra,
    ocelot,
    lkps,
    gateway: 'gateway' in lkps ? lkps.gateway : undefined,
    livekit,
    postgres,
    agentGatewayUrl,
    agentGateway,
    agent,
    proof,
    ...keys,
    lkpsEnv,
    startLkps: (env) =>
      teardown.started('further LKPS', startLkps({ ...lkpsOptions, env: { ...lkpsEnv, ...env } })),
    startOcelot: (upstream) => teardown.started('further Ocelot', newOcelot(upstream)),
    startAgent,
    stop: () => teardown.run(),
  };
}
