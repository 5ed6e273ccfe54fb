import { USER_NAMES, type AppAccount } from './accounts.ts';
import type { AppCredentials, StackDescription } from './description.ts';
import type { Stack } from './stack.ts';

/** What `--json` prints: all that a test in any language needs to use the stack from outside. */
export function describeStack(stack: Stack): StackDescription {
  const { accounts, entra, livekit, livekitKey, postgres } = stack;
  return {
    entra: {
      authority: entra.authority,
      tenant_id: entra.tenantId,
      ca_file: entra.caFile,
      graph_url: entra.graph.url,
    },
    scope: accounts.scope,
    ocelot_url: stack.ocelot.url,
    lkps_url: stack.lkps.url,
    proxy_proof: stack.proof,
    livekit_url: livekit.wsUrl,
    livekit_api: { url: livekit.url, key: livekitKey.id, secret: livekitKey.secret },
    agent_gateway_url: stack.agentGatewayUrl,
    database_url: postgres.serviceUrl,
    database_admin_url: postgres.adminUrl,
    lkps_env: stack.lkpsEnv,
    apps: {
      'agent-a': credentialsOf(accounts.apps['agent-a']),
      'agent-b': credentialsOf(accounts.apps['agent-b']),
      'client-a': credentialsOf(accounts.apps['client-a']),
      'client-b': credentialsOf(accounts.apps['client-b']),
      'client-unlisted': credentialsOf(accounts.apps['client-unlisted']),
    },
    users: Object.fromEntries(
      USER_NAMES.map((name) => {
        const { username, password } = accounts.users[name];
        return [name, { username, password }];
      }),
    ),
  };
}

function credentialsOf(account: AppAccount): AppCredentials {
  const { clientId, clientSecret, servicePrincipalId } = account;
  return { client_id: clientId, client_secret: clientSecret, service_principal_id: servicePrincipalId };
}
