import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../process/read-body.ts';
import { EdgeTokens, type TrustedEntra } from './access-token.ts';
import { forward } from './forward.ts';
import { forwardedFor, identityHeaders, strippedRequestHeaders, type RawHeaders } from './headers.ts';
import { isPreflight, routeOf } from './route.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_BODY_LIMIT_BYTES = 1024 * 1024;

export interface OcelotOptions {
  readonly entra: TrustedEntra;
  /** Base URL of the service. */
  readonly upstream: string;
  /** Client ids that may use the route. */
  readonly clientAccessList: readonly string[];
  /** What tells the service that a request came this way. */
  readonly proof: { readonly header: string; readonly value: string };
  /** Whether the service gets the caller's token too, for LKPS_APPLICATION_EVIDENCE=token; default false. */
  readonly forwardAuthorization?: boolean;
  readonly port?: number;
  readonly timeoutMs?: number;
  readonly bodyLimitBytes?: number;
}

/** The stand-in for the edge proxy: checks the Entra token and the Client Access List, then speaks for the caller. */
export interface Ocelot {
  readonly url: string;
  readonly allow: (clientId: string) => void;
  readonly deny: (clientId: string) => void;
  readonly stop: () => Promise<void>;
}

export async function startOcelot(options: OcelotOptions): Promise<Ocelot> {
  const edge: Edge = {
    options,
    upstream: new URL(options.upstream),
    tokens: new EdgeTokens(options.entra, options.clientAccessList),
  };
  const server = createServer((request, response) => {
    handle(edge, request, response).catch((error: unknown) => {
      const late = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
      if (late) refuse(response, 504, 'the service did not answer in time');
      else refuse(response, 502, 'the service is not reachable');
    });
  });
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    allow: (clientId) => {
      edge.tokens.clients.add(clientId.toLowerCase());
    },
    deny: (clientId) => {
      edge.tokens.clients.delete(clientId.toLowerCase());
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Edge {
  readonly options: OcelotOptions;
  readonly upstream: URL;
  readonly tokens: EdgeTokens;
}

type Admission =
  | { readonly kind: 'admitted'; readonly identity: RawHeaders }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string };

async function handle(edge: Edge, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url: target = '' } = request;
  const route = routeOf(method, target);
  if (route === 'none') {
    refuse(response, 404, 'no such route');
    return;
  }
  const preflight = isPreflight(method, (name) => request.headersDistinct[name]?.[0]);
  const admission: Admission =
    route === 'open' || preflight ? { kind: 'admitted', identity: [] } : await admit(edge, request);
  if (admission.kind === 'refused') {
    refuse(response, admission.status, admission.reason);
    return;
  }
  const body = await readBody(request, edge.options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES);
  if (body === undefined) {
    refuse(response, 413, 'the body is too large');
    return;
  }
  const { proof } = edge.options;
  const headers = [
    ...strippedRequestHeaders(request.rawHeaders, proof.header),
    ...forwardedFor(request.rawHeaders, request.socket.remoteAddress ?? 'unknown'),
    ...admission.identity,
    ...[proof.header, proof.value],
  ];
  const timeoutMs = edge.options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  await forward({ upstream: edge.upstream, method, target, headers, body, timeoutMs }, response);
}

async function admit(edge: Edge, request: IncomingMessage): Promise<Admission> {
  const [authorization, second] = request.headersDistinct['authorization'] ?? [];
  const token = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined || second !== undefined) {
    return { kind: 'refused', status: 401, reason: 'one bearer token is required' };
  }
  const verdict = await edge.tokens.verify(token);
  switch (verdict.kind) {
    case 'bad':
      return { kind: 'refused', status: 401, reason: `the token is not valid: ${verdict.reason}` };
    case 'undecided':
      return { kind: 'refused', status: 503, reason: 'the signing keys are not available' };
    case 'unlisted':
      return { kind: 'refused', status: 403, reason: "the client is not in the route's Client Access List" };
    case 'good': {
      const forwarded =
        edge.options.forwardAuthorization === true ? ['authorization', `Bearer ${token}`] : [];
      return { kind: 'admitted', identity: [...identityHeaders(verdict.caller), ...forwarded] };
    }
  }
}

/** Says who refuses: a 403 of the edge and one of the service have different remedies. */
function refuse(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // A body nobody reads would reset the connection before the answer is through.
  response.req.resume();
  response.writeHead(status, {
    'content-type': 'application/json',
    connection: 'close',
    ...(status === 401 ? { 'www-authenticate': 'Bearer error="invalid_token"' } : {}),
  });
  response.end(JSON.stringify({ source: 'ocelot', status, message }));
}
