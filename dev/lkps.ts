import { fileURLToPath } from 'node:url';
import { startChild, type Child, type ChildOptions } from './process/child.ts';
import { freePort } from './process/free-port.ts';
import { probeStatus } from './process/http-probe.ts';
import { runToEnd } from './process/run-to-end.ts';
import { restartable, type Restartable } from './restartable.ts';

const CLI = fileURLToPath(new URL('../composition/cli.ts', import.meta.url));
const READY_MS = 30_000;
/** What it may take to finish requests, and to settle what agents were offered. */
const GRACE_MS = 30_000;
/** A start ends where the database takes too long to answer: whoever runs the service then starts it again. */
const TOO_SLOW = 'no answer within';
const MOST_STARTS = 3;

export interface LkpsOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly port?: number;
  /** The file that is run; default the sources'. */
  readonly cli?: string;
  readonly log?: ChildOptions['log'];
  readonly signal?: AbortSignal;
}

/** The service, whatever hosts it: known by its environment and its port only. */
export interface ServedLkps {
  readonly url: string;
  readonly port: number;
  /** Its one process; none where a host starts and ends processes as requests come. */
  readonly child: Child | undefined;
  readonly stop: () => Promise<void>;
}

/** A part of the service as a process of its own. */
export interface Lkps extends Restartable {
  readonly url: string;
  readonly port: number;
}

/** `lkps serve`. */
export function startLkps(options: LkpsOptions): Promise<Lkps> {
  const isWell = async (url: string): Promise<boolean> =>
    (await probeStatus(`${url}/api/health`, 3_000)) === 200;
  return startPart(options, { command: 'serve', portSetting: 'LKPS_PORT', isWell });
}

/** `lkps gateway`, with no setting but those that it reads. */
export function startLkpsGateway(options: LkpsOptions): Promise<Lkps> {
  const isWell = async (url: string): Promise<boolean> => (await probeStatus(url, 3_000)) > 0;
  const env = Object.fromEntries(Object.entries(options.env).filter(([name]) => GATEWAY_READS.has(name)));
  return startPart({ ...options, env }, { command: 'gateway', portSetting: 'LKPS_GATEWAY_PORT', isWell });
}

const GATEWAY_READS: ReadonlySet<string> = new Set([
  ...['LKPS_REGION', 'LKPS_LIVEKIT_URL', 'LKPS_LIVEKIT_PUBLIC_URL', 'LKPS_LIVEKIT_KEYS'],
  ...[
    'LKPS_AGENT_TOKEN_KEYS',
    'LKPS_MAX_AGENT_WORKERS',
    'LKPS_TOKEN_TTL_SECONDS',
    'LKPS_GATEWAY_TRUSTED_HOPS',
  ],
  ...['LKPS_REFUSAL_ROWS', 'LKPS_DATABASE_URL', 'LKPS_DATABASE_POOL', 'LKPS_SUBJECT_KEY', 'LKPS_LOG_LEVEL'],
]);

export async function migrateLkps(options: LkpsOptions): Promise<void> {
  await runToEnd({ name: 'lkps migrate', ...invocation('migrate', options, options.env) });
}

interface Part {
  readonly command: 'serve' | 'gateway';
  readonly portSetting: 'LKPS_PORT' | 'LKPS_GATEWAY_PORT';
  readonly isWell: (url: string) => Promise<boolean>;
}

async function startPart(options: LkpsOptions, { command, portSetting, isWell }: Part): Promise<Lkps> {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const env = { ...options.env, LKPS_HOST: '127.0.0.1', [portSetting]: String(port) };
  const name = command === 'serve' ? 'lkps' : 'lkps gateway';
  const serve = async (starts = 1): Promise<Child> => {
    const child = await startChild({ name, ...invocation(command, options, env), graceMs: GRACE_MS });
    try {
      await child.waitUntilReady(() => isWell(url), READY_MS);
      return child;
    } catch (error) {
      await child.stop();
      const isTooSlow = child.tail().some((line) => line.includes(TOO_SLOW));
      if (isTooSlow && starts < MOST_STARTS) return serve(starts + 1);
      throw error;
    }
  };
  return Object.assign(await restartable(() => serve()), { url, port });
}

function invocation(
  command: string,
  options: LkpsOptions,
  env: Readonly<Record<string, string>>,
): Omit<ChildOptions, 'name'> {
  return {
    command: process.execPath,
    args: [options.cli ?? CLI, command],
    env,
    ...(options.log === undefined ? {} : { log: options.log }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}
