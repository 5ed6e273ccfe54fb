export interface Settings {
  readonly authorityHost: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  readonly registerUrl: string;
}

type Environment = Record<string, string | undefined>;

/**
 * Reads the settings, naming all that are missing, and takes out of the environment what job processes must not inherit:
 * the application's secret, and any LiveKit variable, since name, address and token come from the registration alone.
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
  const clientId = required('AZURE_CLIENT_ID');
  const clientSecret = required('AZURE_CLIENT_SECRET');
  const scope = required('LKPS_SCOPE');
  const lkpsUrl = required('LKPS_URL');
  if (missing.length > 0) throw new Error(`not set: ${missing.join(', ')}`);

  const registerUrl = new URL('api/agent/register', lkpsUrl.endsWith('/') ? lkpsUrl : `${lkpsUrl}/`).href;
  for (const name of Object.keys(env)) {
    if (name === 'AZURE_CLIENT_SECRET' || name.startsWith('LIVEKIT_')) Reflect.deleteProperty(env, name);
  }
  return { authorityHost, tenantId, clientId, clientSecret, scope, registerUrl };
}
