import { createServer, type Server } from 'node:http';
import type Koa from 'koa';
import { platformApp } from '../../adapters/http-koa/index.ts';
import type { HttpHandler } from '../../adapters/http/index.ts';
import type { OpenHttpHost } from './http-host-subject.ts';
import { listenOnLoopback } from './http-loopback.ts';
import { abandon, encodeRequest, sendRaw } from './raw-http-client.ts';

export interface KoaHost {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** The platform's Koa application on a real socket. */
export function openKoaHost(
  handler: HttpHandler,
  timeouts: { readonly requestTimeout?: number } = {},
): Promise<KoaHost> {
  return listenOnLoopback(serverOf(platformApp(handler), timeouts));
}

/** The same, for the HTTP host contract. */
export const openKoa: OpenHttpHost = async (handler) => {
  const { port, close } = await openKoaHost(handler);
  return {
    send: (request) => sendRaw(port, request),
    abandon: (request) => abandon(port, encodeRequest(request), 20),
    close,
  };
};

export function serverOf(app: Koa, timeouts: { readonly requestTimeout?: number } = {}): Server {
  const respond = app.callback();
  return createServer({ ...timeouts, connectionsCheckingInterval: 100 }, (request, response) => {
    void respond(request, response);
  });
}
