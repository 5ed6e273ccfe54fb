import { fileURLToPath } from 'node:url';
import { startChild, type Child } from '../dev/process/child.ts';
import { freePort } from '../dev/process/free-port.ts';
import { probeStatus } from '../dev/process/http-probe.ts';
import { runToEnd } from '../dev/process/run-to-end.ts';

const BUILD = fileURLToPath(new URL('../deploy/bundle.ts', import.meta.url));
const BUNDLE = fileURLToPath(new URL('../dist/cli/lkps.mjs', import.meta.url));
const READY_MS = 30_000;
/** Of the service's settings, those that a gateway of its own reads. */
const READ: ReadonlySet<string> = new Set([
  ...['LKPS_REGION', 'LKPS_LIVEKIT_URL', 'LKPS_LIVEKIT_PUBLIC_URL', 'LKPS_LIVEKIT_KEYS'],
  ...['LKPS_AGENT_TOKEN_KEYS', 'LKPS_TOKEN_TTL_SECONDS', 'LKPS_DATABASE_URL', 'LKPS_SUBJECT_KEY'],
  'LKPS_LOG_LEVEL',
]);

export interface GatewayProcess {
  readonly child: Child;
  /** For workers. */
  readonly url: string;
}

/** `lkps gateway` as production runs it: the bundle, built now. */
export async function startGatewayBundle(
  serviceEnv: Readonly<Record<string, string>>,
  maxAgentWorkers: number,
): Promise<GatewayProcess> {
  await runToEnd({ name: 'bundle', command: process.execPath, args: [BUILD, 'cli'] });
  const port = await freePort();
  const child = await startChild({
    name: 'lkps gateway',
    command: process.execPath,
    args: [BUNDLE, 'gateway'],
    env: {
      ...Object.fromEntries(Object.entries(serviceEnv).filter(([name]) => READ.has(name))),
      LKPS_HOST: '127.0.0.1',
      LKPS_GATEWAY_PORT: String(port),
      LKPS_MAX_AGENT_WORKERS: String(maxAgentWorkers),
    },
    graceMs: READY_MS,
  });
  try {
    const isThere = async (): Promise<boolean> => (await probeStatus(`http://127.0.0.1:${port}`)) > 0;
    await child.waitUntilReady(isThere, READY_MS);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { child, url: `ws://127.0.0.1:${port}` };
}
