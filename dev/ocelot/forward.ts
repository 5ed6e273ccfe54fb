import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { strippedResponseHeaders, type RawHeaders } from './headers.ts';

export interface Forwarding {
  readonly upstream: URL;
  readonly method: string;
  /** Path and query exactly as received. */
  readonly target: string;
  readonly headers: RawHeaders;
  readonly body: Buffer;
  readonly timeoutMs: number;
}

/**
 * One request to the service and its answer back, bytes untouched. Rejects only while nothing has been answered yet; an
 * answer that breaks off breaks off for the caller too.
 */
export function forward(forwarding: Forwarding, response: ServerResponse): Promise<void> {
  const { upstream, method, target, headers, body, timeoutMs } = forwarding;
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: upstream.hostname,
      port: upstream.port,
      method,
      path: target,
      // A connection each: none is found closed because the service was restarted in between.
      agent: false,
      headers: [...headers, 'host', upstream.host, 'connection', 'close', ...lengthOf(method, body)],
      signal: AbortSignal.timeout(timeoutMs),
    });
    outgoing.on('error', (error) => {
      if (response.headersSent) response.destroy();
      reject(error);
    });
    outgoing.once('response', (incoming: IncomingMessage) => {
      response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, [
        ...strippedResponseHeaders(incoming.rawHeaders),
      ]);
      incoming.pipe(response);
      incoming.once('error', () => {
        response.destroy();
        resolve();
      });
      incoming.once('end', resolve);
    });
    response.once('close', () => {
      outgoing.destroy();
    });
    outgoing.end(body);
  });
}

function lengthOf(method: string, body: Buffer): RawHeaders {
  const bodyless = body.length === 0 && ['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE'].includes(method);
  return bodyless ? [] : ['content-length', String(body.length)];
}
