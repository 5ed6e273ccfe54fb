import { fileURLToPath } from 'node:url';
import type { AppAccount } from './accounts.ts';
import type { Entra } from './entra/server.ts';
import { startChild, type Child, type ChildOptions } from './process/child.ts';

const MAIN = fileURLToPath(new URL('./agent/main.ts', import.meta.url));
const REGISTERED_MS = 60_000;

export interface EchoAgentOptions {
  readonly account: AppAccount;
  readonly entra: Entra;
  readonly scope: string;
  /** Where it finds the service: through the proxy, like any agent. */
  readonly lkpsUrl: string;
  readonly log?: ChildOptions['log'];
  readonly signal?: AbortSignal;
}

export interface EchoAgent {
  /** Its dispatch name. */
  readonly name: string;
  readonly child: Child;
  readonly stop: () => Promise<void>;
}

/** Ready once its worker is registered with LiveKit. */
export async function startEchoAgent(options: EchoAgentOptions): Promise<EchoAgent> {
  const { account, entra } = options;
  const child = await startChild({
    name: 'echo agent',
    command: process.execPath,
    args: [MAIN],
    env: {
      AZURE_AUTHORITY_HOST: entra.authority,
      AZURE_TENANT_ID: entra.tenantId,
      AZURE_CLIENT_ID: account.clientId,
      AZURE_CLIENT_SECRET: account.clientSecret,
      NODE_EXTRA_CA_CERTS: entra.caFile,
      LKPS_URL: options.lkpsUrl,
      LKPS_SCOPE: options.scope,
    },
    ...(options.log === undefined ? {} : { log: options.log }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  try {
    const line = await child.waitForLine((text) => registeredName(text) !== undefined, REGISTERED_MS);
    return {
      name: registeredName(line) ?? account.clientId,
      child,
      stop: async () => {
        await child.stop();
      },
    };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** From `{"event": "registered", "agent_name": ...}`, one of its lines on stdout. */
function registeredName(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const event = JSON.parse(line) as { readonly event?: unknown; readonly agent_name?: unknown };
    return event.event === 'registered' && typeof event.agent_name === 'string'
      ? event.agent_name
      : undefined;
  } catch {
    return undefined;
  }
}
