import type { IncomingMessage } from 'node:http';
import type { Context, Middleware } from 'koa';
import { MAX_BODY_BYTES, type HttpHandler, type HttpHeaders, type RequestBody } from '../http/index.ts';
import { parseTarget } from './request-target.ts';

/** The platform as Koa middleware. It only translates: nothing here decides. */
export function handle(handler: HttpHandler): Middleware {
  return async (ctx: Context) => {
    const body = await readBody(ctx.req);
    const response = await handler({
      method: ctx.method,
      ...parseTarget(ctx.req.url),
      headers: headersOf(ctx.req.rawHeaders),
      body,
      peerAddress: ctx.req.socket.remoteAddress,
    });
    ctx.status = response.status;
    ctx.body = Buffer.from(response.body);
    ctx.set(response.headers); // after the body, so that Koa's guesses do not stay
    if (body === 'too_large') {
      ctx.set('connection', 'close'); // the rest of the body is still on the wire, and nobody will read it
    }
    if (!('content-type' in response.headers)) {
      ctx.remove('content-type'); // Koa's guess for a buffer
    }
  };
}

/** From the raw list: `req.headers` drops a second `Authorization` and joins other duplicates. */
function headersOf(rawHeaders: readonly string[]): HttpHeaders {
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    headers.set(name, [...(headers.get(name) ?? []), value]);
  }
  return headers;
}

/** Stops reading at the limit; a client that goes away mid-body rejects, and Koa drops the request. */
async function readBody(request: IncomingMessage): Promise<RequestBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      return 'too_large';
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
