import { ClientSecretCredential, DefaultAzureCredential, type TokenCredential } from '@azure/identity';

/** Where to join, and with what. */
export interface Session {
  readonly url: string;
  readonly token: string;
}

/** Asks the platform for a session, as any client does. Ends the process with the platform's words where it refuses. */
export async function startSession(): Promise<Session> {
  const { LKPS_URL = '', LKPS_SCOPE = '', AZURE_CLIENT_ID = '', AGENT_ID = AZURE_CLIENT_ID } = process.env;
  const accessToken = await credential().getToken(LKPS_SCOPE);
  const response = await fetch(new URL('/api/session/start', LKPS_URL), {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken?.token ?? ''}`, 'content-type': 'application/json' },
    body: JSON.stringify({ agent_entra_app_id: AGENT_ID }),
  });
  const answer = (await response.json()) as { server_url?: string; participant_token?: string };
  const { server_url: url, participant_token: token } = answer;
  if (url === undefined || token === undefined) {
    process.stderr.write(`no session: ${JSON.stringify(answer)}\n`);
    process.exit(1);
  }
  return { url, token };
}

function credential(): TokenCredential {
  const {
    AZURE_TENANT_ID,
    AZURE_CLIENT_ID,
    AZURE_CLIENT_SECRET,
    AZURE_AUTHORITY_HOST: authorityHost,
  } = process.env;
  const options = authorityHost === undefined ? {} : { authorityHost, disableInstanceDiscovery: true };
  return AZURE_TENANT_ID === undefined || AZURE_CLIENT_ID === undefined || AZURE_CLIENT_SECRET === undefined
    ? new DefaultAzureCredential(options)
    : new ClientSecretCredential(AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, options);
}
