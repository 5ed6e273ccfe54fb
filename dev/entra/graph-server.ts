import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { readBody } from '../process/read-body.ts';
import type { Certificate } from './certificate.ts';
import { requireReader, requireWriter, type GraphCaller, type GraphTrust } from './graph-access.ts';
import { parseEdit } from './graph-edit.ts';
import { GraphError, graphErrorBody, graphRefuses } from './graph-error.ts';
import type { GraphFault } from './graph-fault.ts';
import { readObject, registrationToEdit } from './graph-odata.ts';
import type { GraphObject, GraphObjects } from './graph-objects.ts';
import { listenHttps } from './https-server.ts';

/** Microsoft Graph, as far as it tells about applications. */
export interface Graph {
  readonly url: string;
  /** What a `PATCH` by an owner does to `api.preAuthorizedApplications`; the next answer shows it. */
  readonly setPreAuthorized: (appId: string, clients: readonly string[]) => void;
  readonly setFault: (fault: GraphFault | undefined) => void;
  /** How many requests have come, whatever was answered. */
  readonly requests: () => number;
}

interface GraphServer {
  readonly graph: Graph;
  readonly stop: () => Promise<void>;
}

const EDIT_LIMIT_BYTES = 64 * 1024;

type Trust = Omit<GraphTrust, 'graphUrl'>;

export async function startGraph(
  certificate: Certificate,
  objects: GraphObjects,
  trust: Trust,
): Promise<GraphServer> {
  let fault: GraphFault | undefined;
  let requests = 0;
  const server = await listenHttps(certificate, (request, response) => {
    requests += 1;
    const current = fault;
    if (current?.kind === 'throttling' && current.times !== undefined) {
      fault = current.times > 1 ? { ...current, times: current.times - 1 } : undefined;
    }
    void answer({ objects, trust: { ...trust, graphUrl: server.origin } }, current, request, response);
  });
  return {
    graph: {
      url: server.origin,
      setPreAuthorized: (appId, clients) => {
        objects.setPreAuthorized(appId, clients);
      },
      setFault: (next) => {
        fault = next;
      },
      requests: () => requests,
    },
    stop: server.stop,
  };
}

interface Emulator {
  readonly objects: GraphObjects;
  readonly trust: GraphTrust;
}

async function answer(
  { objects, trust }: Emulator,
  fault: GraphFault | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const caller = await requireReader(trust, request.headersDistinct['authorization']);
    const url = new URL(request.url ?? '', trust.graphUrl);
    if (request.method === 'PATCH') {
      await edit(objects, caller, url, request);
      response.writeHead(204, { 'cache-control': 'no-cache' }).end();
      return;
    }
    if (request.method !== 'GET') throw graphRefuses.method();
    const object = readObject(objects, trust.graphUrl, url);
    if (fault === undefined) send(response, 200, object);
    else await misbehave(fault, object, request, response);
  } catch (error) {
    const wasRead = request.method === 'GET' && fault !== undefined;
    if (wasRead && error instanceof GraphError && error.code === 'Request_ResourceNotFound') {
      await misbehave(fault, error, request, response);
      return;
    }
    sendError(response, error instanceof GraphError ? error : graphRefuses.failure());
  }
}

async function edit(
  objects: GraphObjects,
  caller: GraphCaller,
  url: URL,
  request: IncomingMessage,
): Promise<void> {
  const appId = registrationToEdit(objects, url);
  requireWriter(caller, appId);
  const body = await readBody(request, EDIT_LIMIT_BYTES);
  if (body === undefined) throw graphRefuses.tooLarge();
  objects.setPreAuthorized(appId, parseEdit(body.toString('utf8')));
}

/** In place of what would have been answered: an object, or that there is none. */
async function misbehave(
  fault: GraphFault,
  truth: GraphObject | GraphError,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (fault.kind) {
    case 'refusing':
      sendError(response, graphRefuses.missingRole());
      break;
    case 'throttling':
      sendError(
        response,
        graphRefuses.tooMany(),
        fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter },
      );
      break;
    case 'slow':
      await delay(fault.ms);
      if (truth instanceof GraphError) sendError(response, truth);
      else send(response, 200, truth);
      break;
    case 'hanging':
      break;
    case 'failing':
      sendError(response, graphRefuses.failure());
      break;
    case 'absent':
      request.socket.destroy();
      break;
    case 'web_page':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><p>Welcome</p></html>');
      break;
    case 'wrong_shape':
      send(response, 200, { value: [truth] });
      break;
    case 'lying':
      send(response, 200, {
        id: randomUUID(),
        appId: randomUUID(),
        servicePrincipalType: 'Application',
        appOwnerOrganizationId: null,
        api: { preAuthorizedApplications: fault.lists.map((appId) => ({ appId })) },
      });
  }
}

function sendError(
  response: ServerResponse,
  error: GraphError,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, error.status, graphErrorBody(error, new Date()), headers);
}

function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false',
    'cache-control': 'no-cache',
    ...headers,
  });
  response.end(JSON.stringify(body));
}
