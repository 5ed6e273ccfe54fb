import { writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { JWTPayload } from 'jose';
import { readBody } from '../process/read-body.ts';
import { createTemporaryDirectory, removeDirectory } from '../process/temporary-directory.ts';
import { createCertificate } from './certificate.ts';
import type { Issuers } from './claims.ts';
import {
  audienceForms,
  WELL_KNOWN_CLIENTS,
  type EntraApp,
  type EntraResource,
  type EntraUser,
} from './directory.ts';
import { discoveryDocument } from './discovery.ts';
import { EntraError, errorBody, refuse } from './entra-error.ts';
import type { FederatedCredential } from './federated-credential.ts';
import { GRAPH_APP_ID, GraphObjects } from './graph-objects.ts';
import { startGraph, type Graph } from './graph-server.ts';
import { listenHttps } from './https-server.ts';
import { SigningKeys } from './signing-keys.ts';
import { decideGrant, type Tenant } from './token-endpoint.ts';

const FORM_LIMIT_BYTES = 64 * 1024;
const DEFAULT_LIFETIME_SECONDS = 3_599;

export interface EntraOptions {
  readonly tenantId: string;
  readonly resources: readonly EntraResource[];
  readonly apps: readonly EntraApp[];
  readonly users: readonly EntraUser[];
  readonly tokenLifetimeSeconds?: number;
  readonly port?: number;
}

/** The emulator: Entra's discovery, keys and token endpoint for one tenant, and its Graph, over https on loopback. */
export interface Entra {
  readonly authority: string;
  readonly tenantId: string;
  /** Trust this to reach `authority`. */
  readonly caFile: string;
  readonly ca: string;
  readonly jwksUrl: string;
  readonly tokenUrl: string;
  readonly issuers: Issuers;
  /** Every `aud` of the tokens for its resources. */
  readonly audiences: readonly string[];
  readonly rotateKeys: () => Promise<void>;
  readonly setAppEnabled: (clientId: string, enabled: boolean) => void;
  /** Lets all secrets of an app run out, or fit again. */
  readonly setSecretsExpired: (clientId: string, expired: boolean) => void;
  /** Lets an app prove itself by what another issuer says of it: a workload identity. */
  readonly federate: (clientId: string, credential: FederatedCredential) => void;
  readonly setTokenLifetimeSeconds: (seconds: number) => void;
  readonly graph: Graph;
  /** Signs whatever it is given with the current key: for tests of those who verify. */
  readonly sign: (claims: JWTPayload) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export async function startEntra(options: EntraOptions): Promise<Entra> {
  const [certificate, keys, directory] = await Promise.all([
    createCertificate(),
    SigningKeys.create(),
    createTemporaryDirectory('lkps-entra-'),
  ]);
  const caFile = join(directory, 'ca.pem');
  await writeFile(caFile, certificate.cert);

  const apps = [...options.apps, ...WELL_KNOWN_CLIENTS];
  const v1 = `https://sts.windows.net/${options.tenantId}/`;
  const objects = new GraphObjects(options.tenantId, apps);
  const server = await listenHttps(
    certificate,
    (request, response) => void answer({ tenant, keys, authority }, request, response),
    options.port,
  );
  const authority = server.origin;
  const { graph, stop: stopGraph } = await startGraph(certificate, objects, { keys, issuer: v1 });

  const disabled = new Set<string>();
  const expired = new Set<string>();
  const federated = new Map<string, readonly FederatedCredential[]>();
  const tenant = {
    tenantId: options.tenantId,
    issuers: { v1, v2: `${authority}/${options.tenantId}/v2.0` },
    resources: [...options.resources, graphResource(graph.url)],
    apps,
    users: options.users,
    isEnabled: (clientId: string) => !disabled.has(clientId),
    isSecretExpired: (clientId: string) => expired.has(clientId),
    federatedOf: (clientId: string) => federated.get(clientId) ?? [],
    lifetimeSeconds: options.tokenLifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS,
  };

  return {
    authority,
    tenantId: options.tenantId,
    caFile,
    ca: certificate.cert,
    jwksUrl: `${authority}/${options.tenantId}/discovery/v2.0/keys`,
    tokenUrl: `${authority}/${options.tenantId}/oauth2/v2.0/token`,
    issuers: tenant.issuers,
    audiences: options.resources.flatMap(audienceForms),
    rotateKeys: () => keys.rotate(),
    setAppEnabled: (clientId, enabled) => {
      if (enabled) disabled.delete(clientId);
      else disabled.add(clientId);
    },
    setSecretsExpired: (clientId, isOver) => {
      if (isOver) expired.add(clientId);
      else expired.delete(clientId);
    },
    federate: (clientId, credential) => {
      federated.set(clientId, [...(federated.get(clientId) ?? []), credential]);
    },
    setTokenLifetimeSeconds: (seconds) => {
      tenant.lifetimeSeconds = seconds;
    },
    graph,
    sign: (claims) => keys.sign(claims),
    stop: async () => {
      await Promise.all([server.stop(), stopGraph()]);
      removeDirectory(directory);
    },
  };
}

/** Graph takes v1 tokens. */
function graphResource(url: string): EntraResource {
  return {
    appId: GRAPH_APP_ID,
    identifierUris: [url],
    accessTokenVersion: 1,
    delegatedScopes: ['User.Read'],
    idtyp: true,
  };
}

interface Emulator {
  readonly tenant: Tenant;
  readonly keys: SigningKeys;
  readonly authority: string;
}

async function answer(emulator: Emulator, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const [path = ''] = (request.url ?? '').split('?');
    const [, tenantId = '', ...rest] = path.split('/');
    const route = `${request.method ?? ''} ${rest.join('/')}`;
    if (tenantId.toLowerCase() !== emulator.tenant.tenantId) throw refuse.unknownTenant(tenantId);
    const base = `${emulator.authority}/${emulator.tenant.tenantId}`;
    switch (route) {
      case 'GET v2.0/.well-known/openid-configuration':
        send(response, 200, discoveryDocument(base, emulator.tenant.issuers.v2, 'discovery/v2.0/keys'));
        return;
      case 'GET .well-known/openid-configuration':
        send(response, 200, discoveryDocument(base, emulator.tenant.issuers.v1, 'discovery/keys'));
        return;
      case 'GET discovery/v2.0/keys':
        send(response, 200, keysOfIssuer(emulator));
        return;
      case 'GET discovery/keys':
        send(response, 200, emulator.keys.published());
        return;
      case 'POST oauth2/v2.0/token':
        send(response, 200, await issueToken(emulator, request));
        return;
      default:
        send(response, 404, { error: 'not_found' });
    }
  } catch (error) {
    const failure =
      error instanceof EntraError
        ? error
        : new EntraError(500, 'server_error', 90033, 'A transient error occurred.');
    const correlationId = request.headersDistinct['client-request-id']?.[0];
    send(response, failure.status, errorBody(failure, correlationId, new Date()));
  }
}

/** The keys of version 2 say whose tokens they sign: any tenant's. */
function keysOfIssuer({ keys, tenant }: Emulator): object {
  const issuer = tenant.issuers.v2.replace(tenant.tenantId, '{tenantid}');
  return { keys: keys.published().keys.map((key) => ({ ...key, issuer })) };
}

async function issueToken({ tenant, keys }: Emulator, request: IncomingMessage): Promise<object> {
  const body = await readBody(request, FORM_LIMIT_BYTES);
  if (body === undefined) throw new EntraError(413, 'invalid_request', 90019, 'The request is too large.');
  const { claims, scope } = await decideGrant(tenant, new URLSearchParams(body.toString('utf8')), new Date());
  return {
    token_type: 'Bearer',
    ...(scope === undefined ? {} : { scope }),
    expires_in: tenant.lifetimeSeconds,
    ext_expires_in: tenant.lifetimeSeconds,
    access_token: await keys.sign(claims),
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store, no-cache',
    pragma: 'no-cache',
  });
  response.end(JSON.stringify(body));
}
