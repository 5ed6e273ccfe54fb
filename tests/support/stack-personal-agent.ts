import { fileURLToPath } from 'node:url';
import { untilAgentIs } from '../../dev/agent-presence.ts';
import { recordOf } from '../../dev/platform-client.ts';
import { startChild, type Child } from '../../dev/process/child.ts';
import type { StackFixture } from './stack-fixture.ts';

const MAIN = fileURLToPath(new URL('../../dev/agent/main.ts', import.meta.url));
const REGISTERED_MS = 60_000;

/** The echo agent as a developer runs it who has just signed in. Resolves with its name once it can be called. */
export async function startPersonalAgent(
  { description, stack }: StackFixture,
  accessToken: string,
): Promise<{ readonly name: string; readonly child: Child }> {
  const child = await startChild({
    name: 'personal agent',
    command: process.execPath,
    args: [MAIN],
    env: {
      AZURE_AUTHORITY_HOST: description.entra.authority,
      AZURE_TENANT_ID: description.entra.tenant_id,
      NODE_EXTRA_CA_CERTS: description.entra.ca_file,
      LKPS_ACCESS_TOKEN: accessToken,
      LKPS_URL: stack.ocelot.url,
      LKPS_SCOPE: description.scope,
    },
  });
  try {
    const line = await child.waitForLine((text) => text.includes('"event":"registered"'), REGISTERED_MS);
    const name = String(recordOf(JSON.parse(line))['agent_name']);
    await untilAgentIs('online', name, { databaseUrl: stack.postgres.serviceUrl, timeoutMs: REGISTERED_MS });
    return { name, child };
  } catch (error) {
    await child.stop();
    throw error;
  }
}
