/** An application's own; or the access token of somebody who signed in, as `az account get-access-token` prints it. */
export type Credential =
  { readonly clientId: string; readonly clientSecret: string } | { readonly accessToken: string };

export interface Settings {
  readonly authorityHost: string;
  readonly tenantId: string;
  readonly credential: Credential;
  readonly scope: string;
  readonly registerUrl: string;
}

const SECRETS: ReadonlySet<string> = new Set(['AZURE_CLIENT_SECRET', 'LKPS_ACCESS_TOKEN']);

type Environment = Record<string, string | undefined>;

/**
 * Reads the settings, naming all that are missing, and takes out of the environment what job processes must not inherit:
 * the secrets, and any LiveKit variable, since name, address and token come from the registration alone.
 */
export function takeSettings(env: Environment): Settings {
  const missing: string[] = [];
  const required = (name: string): string => {
    const value = env[name] ?? '';
    if (value === '') missing.push(name);
    return value;
  };
  const authorityHost = required('AZURE_AUTHORITY_HOST');
  const tenantId = required('AZURE_TENANT_ID');
  const accessToken = env['LKPS_ACCESS_TOKEN'];
  const credential =
    accessToken === undefined
      ? { clientId: required('AZURE_CLIENT_ID'), clientSecret: required('AZURE_CLIENT_SECRET') }
      : { accessToken };
  const scope = required('LKPS_SCOPE');
  const lkpsUrl = required('LKPS_URL');
  if (missing.length > 0) throw new Error(`not set: ${missing.join(', ')}`);

  const registerUrl = new URL('api/agent/register', lkpsUrl.endsWith('/') ? lkpsUrl : `${lkpsUrl}/`).href;
  for (const name of Object.keys(env)) {
    if (SECRETS.has(name) || name.startsWith('LIVEKIT_')) Reflect.deleteProperty(env, name);
  }
  return { authorityHost, tenantId, credential, scope, registerUrl };
}
