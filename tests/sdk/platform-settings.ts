import type { AppName, StackDescription } from '../../dev/description.ts';

/** What an agent of one of the stack's applications is set to: as by examples/agents/environment.js, with the stack's authority alone. */
export function platformSettings(
  description: StackDescription,
  app: AppName,
): Readonly<Record<string, string>> {
  const { client_id: clientId, client_secret: clientSecret } = description.apps[app];
  return {
    AZURE_AUTHORITY_HOST: description.entra.authority,
    AZURE_TENANT_ID: description.entra.tenant_id,
    AZURE_CLIENT_ID: clientId,
    AZURE_CLIENT_SECRET: clientSecret,
    NODE_EXTRA_CA_CERTS: description.entra.ca_file,
    REQUESTS_CA_BUNDLE: description.entra.ca_file,
    LKPS_URL: description.ocelot_url,
    LKPS_SCOPE: description.scope,
  };
}
