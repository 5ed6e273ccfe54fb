import type { IncomingMessage } from 'node:http';
import { LkpsError, type RequestId } from '../../core/index.ts';
import { readBearerToken } from '../http/bearer-token.ts';
import { groupHeaders, type HttpRequest, type HttpResponse } from '../http/index.ts';
import { jsonResponse } from '../http/respond.ts';

const PATH = '/agent';
const VERSION = '13';
const KEY = /^[+/0-9A-Za-z]{22}==$/;
/** A signed JWT in its compact form (RFC 7515 section 7.1). */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** A request as it came: nothing of it is decoded, joined or left out. */
export function toHttpRequest({ method = '', url = '', rawHeaders, socket }: IncomingMessage): HttpRequest {
  const end = url.indexOf('?');
  const names = rawHeaders.filter((_, index) => index % 2 === 0);
  return {
    method,
    path: end === -1 ? url : url.slice(0, end),
    query: new URLSearchParams(end === -1 ? '' : url.slice(end + 1)),
    headers: groupHeaders(names.map((name, index) => [name, [rawHeaders[2 * index + 1] ?? '']])),
    body: new Uint8Array(),
    peerAddress: socket.remoteAddress,
  };
}

/** There is one path, spelt in one way. */
export function targetProblem({ path, method }: HttpRequest): LkpsError | undefined {
  if (path !== PATH) {
    return new LkpsError('not_found', 'no route at this path');
  }
  return method === 'GET'
    ? undefined
    : new LkpsError('method_not_allowed', 'the path does not know this method');
}

/** Whether it asks for a WebSocket as RFC 6455 section 4.2.1 has it, and for nothing besides: it has no body. */
export function isWebSocketRequest({ headers }: HttpRequest): boolean {
  const sole = (name: string): string => {
    const values = headers.get(name) ?? [];
    return values.length === 1 ? (values[0] ?? '') : '';
  };
  return (
    sole('upgrade').toLowerCase() === 'websocket' &&
    sole('sec-websocket-version') === VERSION &&
    KEY.test(sole('sec-websocket-key')) &&
    (headers.get('content-length') ?? []).every((length) => length === '0') &&
    !headers.has('transfer-encoding')
  );
}

/** RFC 9110 section 15.5.22, RFC 6455 section 4.4. */
export function upgradeRequired(requestId: RequestId): HttpResponse {
  const [status, code, title] = [426, 'upgrade_required', 'A worker speaks WebSocket here'];
  const problem = { type: `urn:lkps:problem:${code}`, title, status, code, request_id: requestId };
  return jsonResponse(status, problem, {
    'content-type': 'application/problem+json',
    upgrade: 'websocket',
    'sec-websocket-version': VERSION,
  });
}

/** The one token of a request, in its header or its query. Of two that differ neither is believed. */
export function readAgentToken({ headers, query }: HttpRequest): string | undefined {
  const inQuery = query.getAll('access_token');
  const bearer = readBearerToken(headers);
  if (typeof bearer === 'object') {
    return inQuery.every((token) => token === bearer.token) ? bearer.token : undefined;
  }
  const [token, ...more] = inQuery;
  const isOnlyOne = bearer === 'bearer_token_missing' && more.length === 0;
  return isOnlyOne && token !== undefined && JWT.test(token) ? token : undefined;
}
