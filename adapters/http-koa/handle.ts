import type { Context, Middleware } from 'koa';
import { groupHeaders, type HttpHandler, type HttpHeaders } from '../http/index.ts';
import { readBody } from './read-body.ts';
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
  const names = rawHeaders.filter((_, index) => index % 2 === 0);
  return groupHeaders(names.map((name, index) => [name, [rawHeaders[2 * index + 1] ?? '']]));
}
