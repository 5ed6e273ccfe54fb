import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './certificate.ts';

export interface HttpsServer {
  /** `https://localhost:<port>` */
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

export async function listenHttps(
  { key, cert }: Certificate,
  listener: RequestListener,
  port = 0,
): Promise<HttpsServer> {
  const server = createServer({ key, cert }, listener);
  server.requestTimeout = 10_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
