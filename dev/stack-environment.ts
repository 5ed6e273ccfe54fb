import { randomSecret, type Accounts } from './accounts.ts';
import type { Entra } from './entra/server.ts';
import type { LiveKit } from './livekit/server.ts';
import type { OcelotOptions } from './ocelot/server.ts';
import type { Postgres } from './postgres/server.ts';

export interface LiveKitKey {
  readonly id: string;
  readonly secret: string;
}

/** Where the agent gateway runs: in the service, beside it, or nowhere. */
export type AgentGatewayMode = 'embedded' | 'separate' | 'off';

export interface StackParts {
  readonly accounts: Accounts;
  readonly entra: Entra;
  readonly livekit: LiveKit;
  readonly postgres: Postgres;
  readonly livekitKey: LiveKitKey;
  readonly webhookKey: LiveKitKey;
  readonly agentTokenKey: LiveKitKey;
  readonly proof: OcelotOptions['proof'];
  readonly agentGateway: { readonly mode: AgentGatewayMode; readonly url: string };
  /** Where the service reads who may reach an agent; undefined: in Graph. */
  readonly directoryFile: string | undefined;
}

/**
 * What the service reads, but for its ports. The gateway of the stack is never a part of it here: every service but the
 * stack's own has it beside itself.
 */
export function lkpsEnvironment(parts: StackParts): Readonly<Record<string, string>> {
  const { livekit, postgres, livekitKey, webhookKey, proof, directoryFile } = parts;
  return {
    LKPS_REGION: 'eu',
    LKPS_LIVEKIT_URL: livekit.url,
    LKPS_LIVEKIT_PUBLIC_URL: livekit.wsUrl,
    LKPS_LIVEKIT_KEYS: `${livekitKey.id}:${livekitKey.secret}`,
    LKPS_WEBHOOK_KEYS: `${webhookKey.id}:${webhookKey.secret}`,
    ...gatewaySettings(parts),
    LKPS_PROXY_PROOF: 'secret',
    LKPS_PROXY_SECRETS: proof.value,
    ...(directoryFile === undefined ? graphSettings(parts) : { LKPS_DIRECTORY: `file:${directoryFile}` }),
    LKPS_APPLICATION_EVIDENCE: 'directory',
    LKPS_TOKEN_TTL_SECONDS: '3600',
    LKPS_DATABASE_URL: postgres.serviceUrl,
    LKPS_SUBJECT_KEY: randomSecret(),
    LKPS_LOG_LEVEL: 'info',
  };
}

/** What makes the gateway a part of a service with that environment. */
export function embeddedAt(port: number): Readonly<Record<string, string>> {
  return { LKPS_AGENT_GATEWAY: 'embedded', LKPS_GATEWAY_PORT: String(port) };
}

function gatewaySettings({ agentGateway, agentTokenKey }: StackParts): Readonly<Record<string, string>> {
  return agentGateway.mode === 'off'
    ? { LKPS_AGENT_GATEWAY: 'off' }
    : {
        LKPS_AGENT_GATEWAY: 'separate',
        LKPS_AGENT_TOKEN_KEYS: `${agentTokenKey.id}:${agentTokenKey.secret}`,
        LKPS_GATEWAY_PUBLIC_URL: agentGateway.url,
      };
}

function graphSettings({ entra, accounts }: StackParts): Readonly<Record<string, string>> {
  const { tenantId, service } = accounts;
  return {
    LKPS_DIRECTORY: 'graph',
    LKPS_GRAPH_URL: entra.graph.url,
    LKPS_GRAPH_CLIENT_ID: service.clientId,
    LKPS_GRAPH_CLIENT_SECRET: service.clientSecret,
    LKPS_ENTRA_AUTHORITY: entra.authority,
    LKPS_ENTRA_TENANT_ID: tenantId,
    NODE_EXTRA_CA_CERTS: entra.caFile,
  };
}
