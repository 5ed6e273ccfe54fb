import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../process/read-body.ts';
import { deferred } from './deferred.ts';
import { FunctionError, reportedError } from './function-error.ts';

/** Of an event and of a result, in bytes; Lambda's quota for a synchronous invocation. */
export const PAYLOAD_LIMIT_BYTES = 6_291_556;

const PREFIX = '/2018-06-01/runtime';
const ERROR_TYPE = 'lambda-runtime-function-error-type';

interface Invocation {
  readonly id: string;
  readonly event: string;
  readonly deadlineMs: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: Error) => void;
  state: 'waiting' | 'handed_out';
}

/**
 * The server side of the documented Lambda Runtime API (version 2018-06-01), for one execution environment: one
 * invocation at a time, and each is answered once.
 */
export class RuntimeApi {
  readonly #server: Server;
  readonly #functionArn: string;
  #next: ServerResponse | undefined;
  #current: Invocation | undefined;
  #lastAnswered: string | undefined;
  #idle = deferred<undefined>();
  #over: Error | undefined;

  private constructor(server: Server, functionArn: string) {
    this.#server = server;
    this.#functionArn = functionArn;
  }

  static async start(functionArn: string): Promise<RuntimeApi> {
    const server = createServer();
    const api = new RuntimeApi(server, functionArn);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      api.#serve(request, response).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return api;
  }

  /** What the runtime finds in `AWS_LAMBDA_RUNTIME_API`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves when the runtime waits for an event. @throws FunctionError once the environment is over. */
  async idle(): Promise<void> {
    if (this.#over !== undefined) throw this.#over;
    await this.#idle.promise;
  }

  /** @throws FunctionError what the function reported, or why it can report nothing any more. */
  invoke(event: unknown, deadlineMs: number): Promise<unknown> {
    const text = JSON.stringify(event);
    if (Buffer.byteLength(text) > PAYLOAD_LIMIT_BYTES) {
      return Promise.reject(
        new FunctionError('too_large', 'RequestEntityTooLarge', 'the event is too large'),
      );
    }
    if (this.#over !== undefined) return Promise.reject(this.#over);
    if (this.#current !== undefined) return Promise.reject(new Error('one invocation at a time'));
    return new Promise((resolve, reject) => {
      const id = randomUUID();
      this.#current = { id, event: text, deadlineMs, resolve, reject, state: 'waiting' };
      this.#handOut();
    });
  }

  /** Nothing more will come of this environment. */
  end(reason: Error): void {
    this.#over ??= reason;
    this.#current?.reject(this.#over);
    this.#current = undefined;
    this.#idle.reject(this.#over);
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    this.end(new FunctionError('exit', 'Stopped', 'the environment was stopped'));
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = `${request.method ?? ''} ${request.url ?? ''}`;
    if (call === `GET ${PREFIX}/invocation/next`) {
      this.#awaitNext(response);
      return;
    }
    if (call === `POST ${PREFIX}/init/error`) {
      const body = await readBody(request, PAYLOAD_LIMIT_BYTES);
      this.end(reportedError('init', request.headersDistinct[ERROR_TYPE]?.[0], body));
      accept(response);
      return;
    }
    const [, id = '', what] =
      /^POST \/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/.exec(call) ?? [];
    if (what === undefined) {
      refuse(response, 404, 'NotFound');
      return;
    }
    await this.#answer(id, what, request, response);
  }

  #awaitNext(response: ServerResponse): void {
    if (this.#current?.state === 'handed_out' || this.#next !== undefined) {
      refuse(response, 403, 'InvalidStateTransition');
      return;
    }
    this.#next = response;
    response.once('close', () => {
      if (this.#next === response) this.#next = undefined;
    });
    this.#idle.resolve(undefined);
    this.#handOut();
  }

  #handOut(): void {
    const response = this.#next;
    const current = this.#current;
    if (response === undefined || current?.state !== 'waiting') return;
    current.state = 'handed_out';
    this.#next = undefined;
    this.#idle = deferred();
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': current.id,
      'lambda-runtime-deadline-ms': String(current.deadlineMs),
      'lambda-runtime-invoked-function-arn': this.#functionArn,
      'lambda-runtime-trace-id': `Root=1-00000000-${randomBytes(12).toString('hex')};Sampled=0`,
    });
    response.end(current.event);
  }

  async #answer(id: string, what: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, PAYLOAD_LIMIT_BYTES);
    const current = this.#current;
    if (current?.state !== 'handed_out' || current.id !== id) {
      const twice = id === this.#lastAnswered;
      refuse(response, twice ? 403 : 400, twice ? 'InvalidStateTransition' : 'InvalidRequestID');
      return;
    }
    this.#current = undefined;
    this.#lastAnswered = id;
    if (body === undefined) {
      refuse(response, 413, 'RequestEntityTooLarge');
      current.reject(
        new FunctionError('too_large', 'Function.ResponseSizeTooLarge', 'the result is too large'),
      );
      return;
    }
    accept(response);
    if (what === 'error')
      current.reject(reportedError('handler', request.headersDistinct[ERROR_TYPE]?.[0], body));
    else settle(current, body);
  }
}

function settle(invocation: Invocation, body: Buffer): void {
  try {
    invocation.resolve(JSON.parse(body.toString('utf8')));
  } catch {
    invocation.reject(new FunctionError('handler', 'Runtime.InvalidJson', 'the result is not JSON'));
  }
}

function accept(response: ServerResponse): void {
  response.writeHead(202, { 'content-type': 'application/json' });
  response.end('{"status":"OK"}');
}

function refuse(response: ServerResponse, status: number, errorType: string): void {
  response.req.resume();
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify({ errorType, errorMessage: errorType }));
}
