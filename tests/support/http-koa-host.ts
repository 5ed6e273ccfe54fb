import { createServer } from 'node:http';
import { platformApp } from '../../adapters/http-koa/index.ts';
import type { HttpHandler } from '../../adapters/http/index.ts';
import { listenOnLoopback } from './http-loopback.ts';

export interface KoaHost {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** The platform's Koa application on a real socket. */
export function openKoaHost(
  handler: HttpHandler,
  timeouts: { readonly requestTimeout?: number } = {},
): Promise<KoaHost> {
  return listenOnLoopback(
    createServer({ ...timeouts, connectionsCheckingInterval: 100 }, platformApp(handler).callback()),
  );
}
