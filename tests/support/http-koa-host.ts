import { limitedServer, platformApp, type ServerLimits } from '../../adapters/http-koa/index.ts';
import type { HttpHandler } from '../../adapters/http/index.ts';
import type { OpenHttpHost } from './http-host-subject.ts';
import { listenOnLoopback } from './http-loopback.ts';
import { abandon, encodeRequest, sendRaw } from './raw-http-client.ts';

export interface KoaHost {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** The platform's Koa application on a real socket. */
export function openKoaHost(handler: HttpHandler, limits: ServerLimits = {}): Promise<KoaHost> {
  const server = limitedServer(platformApp(handler), { connectionsCheckingInterval: 100, ...limits });
  return listenOnLoopback(server);
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
