import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

/** A way to the database through which a test decides what arrives. */
export interface Wire {
  readonly url: string;
  /** Connections stay open, and nothing travels any more in either direction. */
  readonly freeze: () => void;
  readonly close: () => Promise<void>;
}

/** After how many messages of the client a connection is cut; `answer`: that message still arrives, its answer not. */
export interface Cut {
  readonly after: number;
  readonly loses: 'message' | 'answer';
}

/** A TCP proxy in front of PostgreSQL; connections are cut as `cuts` say in turn, or not at all where it is empty. */
export async function openWire(databaseUrl: string, cuts: readonly Cut[] = []): Promise<Wire> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port) });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
        sockets.delete(socket);
      });
    }
    relay(client, upstream, cuts[connections++ % Math.max(cuts.length, 1)]);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: ownPort } = server.address() as AddressInfo;
  return {
    url: `postgres://${username}:${password}@127.0.0.1:${ownPort}${pathname}`,
    freeze: () => {
      for (const socket of sockets) {
        socket.pause();
      }
    },
    close: async () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}

function relay(client: Socket, upstream: Socket, cut: Cut | undefined): void {
  let messages = 0;
  client.on('data', (data) => {
    messages += 1;
    if (messages === cut?.after && cut.loses === 'message') {
      client.destroy();
    } else {
      upstream.write(data);
    }
  });
  upstream.on('data', (data) => {
    if (cut?.loses === 'answer' && messages >= cut.after) {
      client.destroy();
    } else {
      client.write(data);
    }
  });
}
