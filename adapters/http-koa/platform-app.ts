import Router from '@koa/router';
import Koa from 'koa';
import { ROUTES, type HttpHandler } from '../http/index.ts';
import { handle } from './handle.ts';
import { originForm } from './request-target.ts';

/** The platform's paths, for an application that has others of its own. */
export function platformRouter(handler: HttpHandler): Router {
  const router = new Router({ strict: true, sensitive: true });
  for (const { path } of ROUTES) {
    router.all(path, handle(handler));
  }
  return router;
}

/** The platform alone on a port: every other path gets the contract's 404. */
export function platformApp(handler: HttpHandler): Koa {
  const app = new Koa();
  app.silent = true; // what Koa would print is a client that went away mid-request
  app.use((ctx, next) => {
    ctx.req.url = originForm(ctx.req.url); // Koa's own parser throws on some absolute forms
    return next();
  });
  app.use(platformRouter(handler).routes());
  app.use(handle(handler));
  return app;
}
