import type { Stack } from './stack.ts';

/** What `npm run dev` shows once all is up: where things are, and lines to paste into another terminal. */
export function guideTo(stack: Stack): string {
  const { accounts, entra, ocelot, lkps, livekit, postgres, agent } = stack;
  const client = accounts.apps['client-a'];
  const target = accounts.apps['agent-a'];
  return [
    '',
    `  Ocelot (the front door)  ${ocelot.url}`,
    `  LKPS (behind it)         ${lkps.url}`,
    `  LiveKit                  ${livekit.wsUrl}`,
    `  Entra emulator           ${entra.authority}/${entra.tenantId}`,
    `  PostgreSQL               ${postgres.adminUrl}`,
    `  Echo agent               ${agent === undefined ? 'not started' : agent.name}`,
    '',
    'An Entra token for client-a:',
    '',
    `  TOKEN=$(curl -s --cacert ${entra.caFile} ${entra.tokenUrl} \\`,
    `    -d grant_type=client_credentials -d client_id=${client.clientId} \\`,
    `    -d client_secret=${client.clientSecret} \\`,
    `    -d scope=${accounts.scope} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    '',
    'A session with agent-a:',
    '',
    `  curl -s ${ocelot.url}/api/session/start -H "Authorization: Bearer $TOKEN" \\`,
    `    -H 'content-type: application/json' -d '{"agent_entra_app_id": "${target.clientId}"}'`,
    '',
    'Is it well?',
    '',
    `  curl -s ${ocelot.url}/api/health`,
    '',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}
