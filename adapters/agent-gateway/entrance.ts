import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { LkpsError, ownerOf, type RequestContext } from '../../core/index.ts';
import { Admission } from '../http/admission.ts';
import type { HttpRequest, HttpResponse } from '../http/index.ts';
import { problemResponse } from '../http/problem.ts';
import { requestContext } from '../http/request-context.ts';
import {
  isWebSocketRequest,
  readAgentToken,
  targetProblem,
  toHttpRequest,
  upgradeRequired,
} from './agent-request.ts';
import type { GatewayLimits } from './gateway-limits.ts';
import type { Handshake, Knock } from './handshake.ts';
import { answerPlainly } from './plain-answer.ts';
import type { GatewayService } from './service.ts';

const MAX_HEADER_BYTES = 16_384;
/** Besides those of workers: of whoever has not said yet what it wants. */
const MAX_OTHER_CONNECTIONS = 1_024;

type Ports = Pick<GatewayService, 'ids' | 'site' | 'log'>;

/** The gateway's HTTP: everything but a handshake on its one path is refused, and so is a handshake too many. */
export class Entrance {
  readonly server: Server;
  readonly #ports: Ports;
  readonly #handshake: Handshake;
  readonly #admission: Admission;
  readonly #sockets = new Set<Duplex>();

  constructor(ports: Ports, limits: GatewayLimits, handshake: Handshake) {
    const { maxHandshakes, maxWorkers, handshakeMs } = limits;
    this.#ports = ports;
    this.#handshake = handshake;
    this.#admission = new Admission(maxHandshakes, `${maxHandshakes} handshakes are under way`);
    this.server = createServer({
      maxHeaderSize: MAX_HEADER_BYTES,
      requestTimeout: handshakeMs, // of the headers too
      connectionsCheckingInterval: Math.min(handshakeMs, 1_000),
    });
    this.server.maxHeadersCount = 0; // all that fit: of two tokens none is believed
    this.server.maxConnections = maxWorkers + MAX_OTHER_CONNECTIONS;
    this.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(request, response);
    });
    this.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      void this.#welcome(request, socket, head);
    });
  }

  /** Ends whatever is still connected. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
    this.server.closeAllConnections();
    this.#sockets.forEach((socket) => socket.destroy());
    await closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const read = toHttpRequest(request);
    const context = this.#contextOf(read);
    const { status, headers, body } = this.#unfit(read, context) ?? this.#upgradeRequired(context);
    const ended = { 'content-length': String(body.length), connection: 'close' };
    response.writeHead(status, { ...headers, ...ended }).end(body);
  }

  async #welcome(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const read = toHttpRequest(request);
    const context = this.#contextOf(read);
    const unfit = this.#unfit(read, context);
    if (unfit !== undefined) {
      answerPlainly(socket, unfit);
      return;
    }
    const found: Knock['found'] = {};
    const knock = { request, socket, head, token: readAgentToken(read), context, found };
    try {
      await this.#admission.admit(() => this.#handshake.open(knock));
    } catch (error) {
      answerPlainly(socket, this.#refuse(error, context, found));
    }
  }

  #contextOf(read: HttpRequest): RequestContext {
    const { ids, site } = this.#ports;
    return requestContext(read, ids, site.trustedHops);
  }

  #unfit(read: HttpRequest, context: RequestContext): HttpResponse | undefined {
    const problem = targetProblem(read);
    if (problem !== undefined) {
      return this.#refuse(problem, context);
    }
    return isWebSocketRequest(read) ? undefined : this.#upgradeRequired(context);
  }

  #refuse(error: unknown, context: RequestContext, { agent }: Knock['found'] = {}): HttpResponse {
    const { requestId } = context;
    const response = problemResponse(error, requestId, this.#ports.site.region);
    const [code, reason, cause] =
      error instanceof LkpsError
        ? ([error.code, error.message, error.cause] as const)
        : (['internal_error', undefined, error] as const);
    const { status } = response;
    this.#ports.log({
      event: 'handshake_refused',
      requestId,
      status,
      code,
      ...(agent === undefined ? {} : { clientId: ownerOf(agent).clientId }),
      ...(reason === undefined ? {} : { reason }),
      ...(cause === undefined ? {} : { error: cause }),
    });
    return named(context, status === 405 ? withAllow(response) : response);
  }

  #upgradeRequired(context: RequestContext): HttpResponse {
    const { requestId } = context;
    const response = upgradeRequired(requestId);
    const { status } = response;
    this.#ports.log({ event: 'handshake_refused', requestId, status, reason: 'upgrade_required' });
    return named(context, response);
  }
}

function named({ requestId }: RequestContext, response: HttpResponse): HttpResponse {
  return { ...response, headers: { ...response.headers, 'x-request-id': requestId } };
}

function withAllow(response: HttpResponse): HttpResponse {
  return { ...response, headers: { ...response.headers, allow: 'GET' } };
}
