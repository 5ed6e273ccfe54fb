import type { IncomingMessage } from 'node:http';
import type { Context, Middleware } from 'koa';
import { groupHeaders, type HttpHandler, type HttpHeaders } from '../http/index.ts';
import { readBody } from './read-body.ts';
import { parseTarget } from './request-target.ts';

/** Before 431 was its answer to that, Node dropped what was beyond its own limit: a header less can mean another caller. */
const MAX_HEADERS = 128;

/** The platform as Koa middleware. It only translates: nothing here decides. */
export function handle(handler: HttpHandler): Middleware {
  return async (ctx: Context) => {
    if (ctx.req.rawHeaders.length > 2 * MAX_HEADERS) {
      refuse(ctx, 431);
      return;
    }
    const body = handler.isFull?.() === true && hasBody(ctx.req) ? 'not_read' : await readBody(ctx.req);
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
    if (typeof body === 'string') {
      ctx.set('connection', 'close'); // the rest of the body is still on the wire, and nobody will read it
    }
    if (!('content-type' in response.headers)) {
      ctx.remove('content-type'); // Koa's guess for a buffer
    }
  };
}

/** As Node refuses by itself: the status and nothing else. */
function refuse(ctx: Context, status: number): void {
  ctx.status = status;
  ctx.body = Buffer.alloc(0);
  ctx.remove('content-type');
  ctx.set('connection', 'close');
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** From the raw list: `req.headers` drops a second `Authorization` and joins other duplicates. */
function headersOf(rawHeaders: readonly string[]): HttpHeaders {
  const names = rawHeaders.filter((_, index) => index % 2 === 0);
  return groupHeaders(names.map((name, index) => [name, [rawHeaders[2 * index + 1] ?? '']]));
}
