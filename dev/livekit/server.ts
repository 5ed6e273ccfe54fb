import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { startChild, type Child, type ChildOptions } from '../process/child.ts';
import { probeStatus } from '../process/http-probe.ts';
import { freePort } from '../process/free-port.ts';
import { createTemporaryDirectory, removeDirectory } from '../process/temporary-directory.ts';

const READY_MS = 20_000;
/** It answers 100 ms before it is ready to be stopped: a SIGTERM in between is lost. */
const SETTLE_MS = 200;

export interface LiveKitOptions {
  readonly binary: string;
  /** Key id -> secret, the webhook key among them. */
  readonly keys: Readonly<Record<string, string>>;
  /** Where events go, and the key they are signed with. */
  readonly webhook: { readonly url: string; readonly keyId: string };
  readonly port?: number;
  readonly log?: ChildOptions['log'];
  readonly signal?: AbortSignal;
}

/** The real LiveKit server on loopback, configured as in production: it makes no room that nobody asked for. */
export interface LiveKit {
  /** For RPC. */
  readonly url: string;
  /** For clients and workers. */
  readonly wsUrl: string;
  readonly port: number;
  /** The process in hand; another one after `halt()` and `start()`. */
  readonly child: Child;
  readonly halt: () => Promise<void>;
  /** Brings it back on the same ports, without its rooms. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startLiveKit(options: LiveKitOptions): Promise<LiveKit> {
  const port = options.port ?? (await freePort());
  const directory = await createTemporaryDirectory('lkps-livekit-');
  const configFile = join(directory, 'livekit.yaml');
  const url = `http://127.0.0.1:${port}`;
  try {
    await writeFile(configFile, stringify(await configuration(options, port)), { mode: 0o600 });
    let child = await serve(options, configFile, url);
    return {
      url,
      wsUrl: `ws://127.0.0.1:${port}`,
      port,
      get child() {
        return child;
      },
      halt: async () => {
        await child.stop();
      },
      start: async () => {
        if (!child.running) child = await serve(options, configFile, url);
      },
      stop: async () => {
        await child.stop();
        removeDirectory(directory);
      },
    };
  } catch (error) {
    removeDirectory(directory);
    throw error;
  }
}

async function configuration(options: LiveKitOptions, port: number): Promise<object> {
  return {
    port,
    bind_addresses: ['127.0.0.1'],
    rtc: {
      tcp_port: await freePort(),
      udp_port: await freePort(),
      use_external_ip: false,
      node_ip: '127.0.0.1',
      enable_loopback_candidate: true,
      interfaces: { includes: ['lo'] },
      ips: { includes: ['127.0.0.1/32'] },
    },
    // Otherwise a participant token that outlives its room brings the room, and the agent, back.
    room: { auto_create: false },
    keys: options.keys,
    webhook: { api_key: options.webhook.keyId, urls: [options.webhook.url] },
    logging: { level: 'info', json: true },
  };
}

async function serve(options: LiveKitOptions, configFile: string, url: string): Promise<Child> {
  const child = await startChild({
    name: 'livekit',
    command: options.binary,
    args: ['--config', configFile],
    // Asked nicely it waits for every participant to leave.
    graceMs: 2_000,
    ...(options.log === undefined ? {} : { log: options.log }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  try {
    await child.waitUntilReady(async () => (await probeStatus(url)) === 200, READY_MS);
    await delay(SETTLE_MS);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return child;
}
