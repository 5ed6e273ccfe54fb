import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import {
  groupHeaders,
  MAX_BODY_BYTES,
  type HttpHandler,
  type HttpHeaders,
  type HttpResponse,
  type RequestBody,
} from '@livekit-platform/service/http';

/** In any sane request; a body cut into single bytes is an attack on time. */
const MAX_CHUNKS = 1024;
/** Proxies may send the absolute form of a target (RFC 9112 section 3.2.2). */
const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i;

/** The platform as a listener of Node's own server. It only translates: nothing here decides. */
export function handle(handler: HttpHandler): RequestListener {
  return (request, response) => {
    answer(handler, request, response).catch(() => {
      response.destroy(); // the client went away mid-body
    });
  };
}

async function answer(
  handler: HttpHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '', ...query] = (request.url ?? '/').replace(AUTHORITY, '').split('?');
  const body = await readBody(request);
  const answered = await handler({
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query.join('?')),
    headers: headersOf(request.rawHeaders),
    body,
    peerAddress: request.socket.remoteAddress,
  });
  write(response, answered, body === 'too_large');
}

/** Node's `headers` drops a second `Authorization` and joins other duplicates; the raw list does not. */
function headersOf(rawHeaders: readonly string[]): HttpHeaders {
  const names = rawHeaders.filter((_, index) => index % 2 === 0);
  return groupHeaders(names.map((name, index) => [name, [rawHeaders[2 * index + 1] ?? '']]));
}

async function readBody(request: IncomingMessage): Promise<RequestBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BODY_BYTES || chunks.length > MAX_CHUNKS) {
      return 'too_large';
    }
  }
  return Buffer.concat(chunks);
}

function write(response: ServerResponse, { status, headers, body }: HttpResponse, unread: boolean): void {
  response.writeHead(status, {
    'content-length': body.length,
    ...headers,
    ...(unread ? { connection: 'close' } : {}), // the rest of the body is still on the wire
  });
  response.end(body);
}
