import type { HttpHeaders, HttpRequest, HttpResponse } from '../../adapters/http/index.ts';
import type { ClientId } from '../../core/index.ts';

type HeaderInput = HttpHeaders | Readonly<Record<string, string>>;

interface RequestParts {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: HeaderInput;
  readonly body?: Uint8Array | string;
}

export function httpRequest({
  method = 'GET',
  path = '/api/health',
  headers = {},
  body = '',
}: RequestParts): HttpRequest {
  return {
    method,
    path,
    query: new URLSearchParams(),
    headers: toHeaders(headers),
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    peerAddress: '192.0.2.7',
  };
}

export function registerRequest(caller: HeaderInput): HttpRequest {
  return httpRequest({ method: 'POST', path: '/api/agent/register', headers: caller });
}

export function startRequest(caller: HeaderInput, agent: ClientId): HttpRequest {
  return httpRequest({
    method: 'POST',
    path: '/api/session/start',
    headers: new Map([...toHeaders(caller), ['content-type', ['application/json']]]),
    body: JSON.stringify({ agent_entra_app_id: agent }),
  });
}

export function webhookRequest({
  body,
  signature,
}: {
  readonly body: Uint8Array;
  readonly signature: string | undefined;
}): HttpRequest {
  return httpRequest({
    method: 'POST',
    path: '/livekit/webhook',
    headers: signature === undefined ? {} : { authorization: signature },
    body,
  });
}

export function jsonOf(response: HttpResponse): unknown {
  return JSON.parse(new TextDecoder().decode(response.body));
}

export function toHeaders(headers: HeaderInput): HttpHeaders {
  return isHeaders(headers)
    ? headers
    : new Map(Object.entries(headers).map(([name, value]) => [name, [value]]));
}

function isHeaders(headers: HeaderInput): headers is HttpHeaders {
  return headers instanceof Map;
}
