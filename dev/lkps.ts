import { fileURLToPath } from 'node:url';
import { startChild, type Child, type ChildOptions } from './process/child.ts';
import { freePort } from './process/free-port.ts';
import { probeStatus } from './process/http-probe.ts';
import { runToEnd } from './process/run-to-end.ts';

const CLI = fileURLToPath(new URL('../composition/cli.ts', import.meta.url));
const READY_MS = 30_000;

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

/** The service as a process of its own. */
export interface Lkps extends ServedLkps {
  /** The process in hand; another one after `halt()` and `start()`. */
  readonly child: Child;
  readonly halt: () => Promise<void>;
  readonly start: () => Promise<void>;
}

export async function startLkps(options: LkpsOptions): Promise<Lkps> {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  let child = await serve(options, port, url);
  const halt = async (): Promise<void> => {
    await child.stop();
  };
  return {
    url,
    port,
    get child() {
      return child;
    },
    halt,
    start: async () => {
      if (!child.running) child = await serve(options, port, url);
    },
    stop: halt,
  };
}

export async function migrateLkps(options: LkpsOptions): Promise<void> {
  await runToEnd({ name: 'lkps migrate', ...invocation('migrate', options, options.env) });
}

async function serve(options: LkpsOptions, port: number, url: string): Promise<Child> {
  const env = { ...options.env, LKPS_HOST: '127.0.0.1', LKPS_PORT: String(port) };
  const child = await startChild({ name: 'lkps', ...invocation('serve', options, env), graceMs: 10_000 });
  try {
    await child.waitUntilReady(async () => (await probeStatus(`${url}/api/health`, 3_000)) === 200, READY_MS);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return child;
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
