import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Server as SocketServer } from 'node:net';

export interface Listening {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** A free port on loopback; closing does not wait for whoever is still connected. */
export async function listenOnLoopback(server: Server | SocketServer): Promise<Listening> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the server listens on no port');
  }
  return {
    port: address.port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      if ('closeAllConnections' in server) {
        server.closeAllConnections();
      }
      await closed;
    },
  };
}
