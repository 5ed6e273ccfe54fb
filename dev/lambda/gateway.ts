import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { readBody } from '../process/read-body.ts';
import { Environments, type EnvironmentsOptions } from './environments.ts';
import type { LambdaFunction } from './function.ts';
import type { GatewayHeader, GatewayRequest, GatewayResponse } from './gateway-message.ts';
import { KINDS, type GatewayKind, type Kind } from './gateway-kind.ts';

export type { GatewayKind } from './gateway-kind.ts';

const MAX_BODY_BYTES = 10 * 1024 * 1024;

export interface GatewayOptions {
  readonly kind: GatewayKind;
  readonly function: EnvironmentsOptions;
  readonly port?: number;
  /** How long the gateway waits for the function; default what AWS allows at most: REST API 29 s, HTTP API 30 s. */
  readonly timeoutMs?: number;
}

/** API Gateway and Lambda in one: real requests in on loopback, events to the function's processes, real answers out. */
export interface Gateway {
  readonly url: string;
  readonly port: number;
  /** Counted since the start. */
  readonly coldStarts: number;
  readonly invocations: number;
  readonly environments: readonly LambdaFunction[];
  readonly stop: () => Promise<void>;
}

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const kind = KINDS[options.kind];
  const timeoutMs = options.timeoutMs ?? kind.timeoutMs;
  const environments = new Environments(options.function);
  // Above every limit of the gateways, so that theirs is the one that answers.
  const server = createServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
    serve(kind, environments, timeoutMs, request).then(
      (answer) => {
        send(response, answer, kind);
      },
      () => response.destroy(), // the caller went away before the request was through
    );
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get coldStarts() {
      return environments.coldStarts;
    },
    get invocations() {
      return environments.invocations;
    },
    get environments() {
      return environments.all;
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await Promise.all([closed, environments.stop()]);
    },
  };
}

async function serve(
  kind: Kind,
  environments: Environments,
  timeoutMs: number,
  incoming: IncomingMessage,
): Promise<GatewayResponse> {
  const headers = headersOf(incoming.rawHeaders);
  if (headBytes(incoming, headers) > kind.maxHeadBytes) return kind.headTooLarge;
  const body = await readBody(incoming, MAX_BODY_BYTES);
  if (body === undefined) return kind.bodyTooLarge;
  const request: GatewayRequest = {
    method: incoming.method ?? '',
    target: originForm(incoming.url ?? '/'),
    headers,
    body,
    sourceIp: incoming.socket.remoteAddress ?? '',
  };
  const late = new AbortController();
  try {
    return await Promise.race([
      kind.answer(request, (event) => environments.invoke(event)),
      delay(timeoutMs, kind.timedOut, { signal: late.signal }),
    ]);
  } finally {
    late.abort();
  }
}

function send(response: ServerResponse, answer: GatewayResponse, kind: Kind): void {
  if (response.destroyed) return; // the caller went away; the invocation ran on
  const { status, headers, body } = isSendable(answer) ? answer : kind.malformed;
  const kept = headers.filter(([name]) => !FRAMING.has(name.toLowerCase()));
  const length: readonly GatewayHeader[] =
    status === 204 || status === 304 ? [] : [['content-length', String(body.length)]];
  // What is still to come of a refused request is read and dropped, so that the answer arrives.
  response.req.resume();
  const close: readonly GatewayHeader[] = response.req.complete ? [] : [['connection', 'close']];
  response.writeHead(status, [...kept, ...length, ...close].flat());
  response.end(body);
}

/** The gateway's own business. */
const FRAMING = new Set(['connection', 'content-length', 'transfer-encoding']);

/** Names are tokens and values have no control characters (RFC 9110 sections 5.1 and 5.5), one byte each. */
function isSendable({ headers }: GatewayResponse): boolean {
  return headers.every(
    ([name, value]) => /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value),
  );
}

function headersOf(raw: readonly string[]): readonly GatewayHeader[] {
  return raw.flatMap((name, index): GatewayHeader[] =>
    index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : [],
  );
}

function headBytes({ method = '', url = '' }: IncomingMessage, headers: readonly GatewayHeader[]): number {
  const line = `${method} ${url} HTTP/1.1\r\n`.length;
  return headers.reduce((sum, [name, value]) => sum + `${name}: ${value}\r\n`.length, line);
}

/** Of the absolute form of a target (RFC 9112 section 3.2.2) what follows the authority. */
function originForm(target: string): string {
  const rest = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return rest.startsWith('/') ? rest : `/${rest}`;
}
