import { connect, createServer, type Socket } from 'node:net';
import { listenOnLoopback } from './http-loopback.ts';

/** One address in front of several servers, as a load balancer is: a new connection goes where it points to then. */
export interface SwitchedPort {
  readonly url: string;
  readonly pointTo: (port: number) => void;
  /** Ends the connections there are, wherever they lead. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

export async function openSwitchedPort(): Promise<SwitchedPort> {
  let target = 0;
  const connections = new Set<Socket>();
  const server = createServer((inbound) => {
    const outbound = connect(target, '127.0.0.1');
    connections.add(inbound);
    inbound.once('close', () => connections.delete(inbound));
    for (const [socket, other] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
      socket.pipe(other);
    }
  });
  const cut = (): void => {
    connections.forEach((connection) => connection.destroy());
  };
  const { port, close } = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}`,
    pointTo: (next) => {
      target = next;
    },
    cut,
    close: async () => {
      const closed = close();
      cut();
      await closed;
    },
  };
}
