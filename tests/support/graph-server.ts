import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { GraphApplicationDirectory, type GraphCredential } from '../../adapters/directory-graph/index.ts';
import { FixedClock } from './fixed-clock.ts';
import { listenOnLoopback } from './http-loopback.ts';

export const GRAPH_TENANT = 'a0a0a0a0-0000-4000-8000-000000000001';
export const GRAPH_TOKEN = 'canary-token-of-graph';
const OBJECT_ID = '0b0b0b0b-0000-4000-8000-000000000001';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Microsoft Graph as far as the directory asks it, on a real socket. */
export interface FakeGraph {
  readonly url: string;
  /** App id -> the clients its registration pre-authorises. */
  readonly registrations: Map<string, readonly string[]>;
  /** App id -> fields of the service principal that are not as usual. */
  readonly principals: Map<string, Readonly<Record<string, unknown>>>;
  /** `METHOD path?query` of every request, and what it was authorised with. */
  readonly requests: readonly { readonly line: string; readonly authorization: string | undefined }[];
  /** Answers in place of the usual ones, in turn; the last one stays. None: as usual again. */
  answerWith(...answers: readonly Answer[]): void;
  readonly listener: RequestListener;
  readonly close: () => Promise<void>;
}

export async function openGraph(): Promise<FakeGraph> {
  const registrations: FakeGraph['registrations'] = new Map();
  const principals: FakeGraph['principals'] = new Map();
  const requests: { line: string; authorization: string | undefined }[] = [];
  let planned: readonly Answer[] = [];
  const usual: Answer = (request, response) => {
    const [, kind, appId = ''] = /^\/v1\.0\/(\w+)\(appId='([^']+)'\)\?/.exec(request.url ?? '') ?? [];
    const clients = registrations.get(appId);
    const principal = principals.get(appId);
    if (kind === 'applications' && clients !== undefined) {
      reply(response, 200, registrationBody(appId, clients));
    } else if (kind === 'servicePrincipals' && principal !== undefined) {
      reply(response, 200, principalBody(appId, principal));
    } else {
      reply(response, 404, refusal('Request_ResourceNotFound'));
    }
  };
  const listener: RequestListener = (request, response) => {
    const line = `${request.method ?? ''} ${request.url ?? ''}`;
    requests.push({ line, authorization: request.headers.authorization });
    const [next = usual, ...later] = planned;
    planned = later.length === 0 ? planned : later;
    next(request, response);
  };
  const { port, close } = await listenOnLoopback(createServer(listener));
  return {
    url: `http://127.0.0.1:${port}`,
    registrations,
    principals,
    requests,
    listener,
    close,
    answerWith: (...answers) => {
      planned = answers;
    },
  };
}

export const credential: GraphCredential = { getToken: () => Promise.resolve({ token: GRAPH_TOKEN }) };

/** A directory on the fake, whose clock stands still. */
export function directoryOn(
  graph: Pick<FakeGraph, 'url'>,
  options: { readonly clock?: FixedClock; readonly credential?: GraphCredential } = {},
): GraphApplicationDirectory {
  return new GraphApplicationDirectory({
    graphUrl: graph.url,
    tenantId: GRAPH_TENANT,
    credential: options.credential ?? credential,
    clock: options.clock ?? new FixedClock(),
  });
}

export function reply(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json;odata.metadata=minimal', ...headers });
  response.end(JSON.stringify(body));
}

export const answering =
  (status: number, body: unknown, headers?: Readonly<Record<string, string>>): Answer =>
  (_request, response) => {
    reply(response, status, body, headers);
  };

export function refusal(code: string): object {
  return { error: { code, message: 'canary-message', innerError: { 'request-id': 'x' } } };
}

export function registrationBody(appId: string, clients: readonly string[]): Record<string, unknown> {
  const preAuthorizedApplications = clients.map((client) => ({
    appId: client,
    delegatedPermissionIds: [OBJECT_ID],
  }));
  return { id: OBJECT_ID, appId, api: { requestedAccessTokenVersion: 2, preAuthorizedApplications } };
}

export function principalBody(
  appId: string,
  fields: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const usual = { servicePrincipalType: 'Application', appOwnerOrganizationId: GRAPH_TENANT };
  return { id: OBJECT_ID, appId, ...usual, ...fields };
}
