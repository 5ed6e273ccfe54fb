import type { AppAccount } from './accounts.ts';
import type { Stack } from './stack.ts';

interface TokenRequest {
  /** The shell's variable it goes into. */
  readonly variable: string;
  readonly app: AppAccount;
  /** Default: the application's own. */
  readonly grant?: readonly string[];
  /** Default: the platform. */
  readonly scope?: string;
}

/** A shell command that asks Entra for a token. */
export function entraToken(
  { accounts, entra }: Stack,
  { variable, app, grant = ['grant_type=client_credentials'], scope = accounts.scope }: TokenRequest,
): readonly string[] {
  return [
    `  ${variable}=$(curl -s --cacert ${entra.caFile} ${entra.tokenUrl} \\`,
    `    ${grant.map((field) => `-d ${field}`).join(' ')} \\`,
    `    -d client_id=${app.clientId} -d client_secret=${app.clientSecret} \\`,
    `    -d scope=${scope} | ${fieldOf('access_token')})`,
  ];
}

/** A shell command that starts a session with agent-a, by the token in the shell's variable. */
export function sessionStart({ accounts, ocelot }: Stack, variable: string): string {
  return [
    `curl -s ${ocelot.url}/api/session/start -H "authorization: Bearer $${variable}" \\`,
    "    -H 'content-type: application/json' \\",
    `    -d '{"agent_entra_app_id": "${accounts.apps['agent-a'].clientId}"}'`,
  ].join('\n');
}

/** A shell's filter that leaves the one field of a JSON object, without a tool that may not be there. */
export function fieldOf(name: string): string {
  return `sed 's/.*"${name}":"\\([^"]*\\)".*/\\1/'`;
}
