import {
  ClientSecretCredential,
  ManagedIdentityCredential,
  WorkloadIdentityCredential,
} from '@azure/identity';
import type { GraphCredential } from '../adapters/directory-graph/index.ts';
import type { DirectoryConfig } from './directory-config.ts';
import type { Secret } from './secret.ts';
import type { Environment } from './setting-values.ts';
import { StartError } from './start-error.ts';

type GraphConfig = Extract<DirectoryConfig, { readonly source: 'graph' }>;

/**
 * What reads Graph: the application whose secret is configured; without one the workload's identity, where Kubernetes says
 * with the variables of Azure's own that there is one, else the machine's managed identity. Never a developer's sign-in.
 *
 * Imported only where Graph is chosen: `@azure/identity` is large.
 */
export function graphCredential(
  { tenantId, authority, clientId }: GraphConfig,
  secret: Secret | undefined,
  env: Environment,
): GraphCredential {
  const quick = { retryOptions: { maxRetries: 0 } }; // a lookup has 2 s, and the next one is a retry
  // The operator says which authority it is; nobody else is asked whether there is such a one.
  const options = { ...quick, authorityHost: authority, disableInstanceDiscovery: true };
  if (clientId !== undefined && secret !== undefined) {
    return new ClientSecretCredential(tenantId, clientId, secret.reveal(), options);
  }
  const tokenFilePath = env['AZURE_FEDERATED_TOKEN_FILE'];
  if (tokenFilePath === undefined) {
    return new ManagedIdentityCredential({ ...quick, ...(clientId === undefined ? {} : { clientId }) });
  }
  const workload = clientId ?? env['AZURE_CLIENT_ID'];
  if (workload === undefined) {
    throw new StartError(
      'LKPS_GRAPH_CLIENT_ID: whose workload identity? AZURE_CLIENT_ID does not say either',
    );
  }
  return new WorkloadIdentityCredential({ ...options, tenantId, tokenFilePath, clientId: workload });
}
