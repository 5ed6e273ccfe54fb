import { createServer, type Server, type ServerOptions } from 'node:http';
import type Koa from 'koa';
import { serveInOrder } from './serve-in-order.ts';

/**
 * What Node refuses by itself, with an empty 400, 408 or 431, before any code of the service sees a request. A connection
 * that idles outlives the minute that proxies keep theirs, so that it is the proxy which closes it.
 */
const LIMITS = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
  requireHostHeader: false, // serveInOrder does
} as const satisfies ServerOptions;
/** Longer than any answer takes to come; so it ends connections on which nobody reads the answer. */
const STALLED_MS = 30_000;
const MAX_CONNECTIONS = 1_024;
const MAX_REQUESTS_PER_SOCKET = 10_000;

export interface ServerLimits {
  readonly headersTimeout?: number;
  readonly requestTimeout?: number;
  readonly keepAliveTimeout?: number;
  readonly connectionsCheckingInterval?: number;
  /** Without a byte in either direction while an answer is due. */
  readonly stalledTimeout?: number;
  readonly maxConnections?: number;
  readonly maxRequestsPerSocket?: number;
}

/** A server for an application with the platform in it: slow, huge and endless requests end here. Times in ms. */
export function limitedServer(
  app: Koa,
  {
    stalledTimeout = STALLED_MS,
    maxConnections = MAX_CONNECTIONS,
    maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET,
    ...times
  }: ServerLimits = {},
): Server {
  const respond = app.callback();
  const server = createServer({ ...LIMITS, ...times });
  serveInOrder(server, (request, response) => void respond(request, response)); // Koa answers its own failures
  server.timeout = stalledTimeout;
  server.maxConnections = maxConnections;
  server.maxRequestsPerSocket = maxRequestsPerSocket;
  return server;
}
