import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** What Node says where it refuses by itself. */
const REFUSALS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/**
 * Of one connection. Whoever sends more before it reads an answer is no client of ours; Node would take some ten thousand
 * and keep the state of each.
 */
const MAX_UNANSWERED = 8;

/**
 * Requests of one connection are answered in their order, each once (RFC 9112 section 9.3.2). Node by itself gets ahead
 * of it: it writes `100 Continue` into the answer before, and refuses bytes that are no request in place of the answer
 * that it is still working on, so that a request which was carried out looks refused. Here such a connection just ends,
 * as does one with too many requests that wait for the answer before.
 *
 * @param server With `requireHostHeader: false`: what Node refuses unseen is not known here to have been answered.
 */
export function serveInOrder(server: Server, respond: RequestListener): void {
  const open = new WeakMap<Duplex, Map<IncomingMessage, ServerResponse>>();
  const serve = (request: IncomingMessage, response: ServerResponse, answer = respond): void => {
    const { socket } = request;
    const exchanges = open.get(socket) ?? new Map<IncomingMessage, ServerResponse>();
    if (exchanges.size === MAX_UNANSWERED) {
      socket.destroy();
    }
    if (socket.destroyed) {
      return; // the bytes of it that had come already
    }
    open.set(socket, exchanges.set(request, response));
    response.once('close', () => exchanges.delete(request));
    (hasHost(request) ? answer : refuse(400))(request, response);
  };
  server.on('request', (request, response) => {
    serve(request, response);
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    serve(request, response, refuse(417));
  });
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (response.socket !== null) {
      response.writeContinue(); // null: the answer before is not through yet
    }
    serve(request, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const isAnswering = [...(open.get(socket) ?? [])].some(
      ([{ complete }, { headersSent }]) => complete || headersSent,
    );
    if (!socket.writable || isAnswering) {
      socket.destroy();
      return;
    }
    const status = REFUSALS[error.code ?? ''] ?? '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
  });
}

/** RFC 9112 section 3.2: HTTP/1.1 says which host. */
function hasHost({ httpVersion, headers }: IncomingMessage): boolean {
  return httpVersion !== '1.1' || headers.host !== undefined;
}

function refuse(status: 400 | 417): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { connection: 'close' }).end();
  };
}
