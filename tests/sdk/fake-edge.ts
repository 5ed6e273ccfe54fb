import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { listenOnLoopback } from '../support/http-loopback.ts';
import { eventually } from '../support/eventually.ts';

/** Takes connections, says nothing and never ends them: an Entra, a gateway or an edge that hangs. */
export interface Silence {
  readonly port: number;
  readonly connections: () => number;
  readonly until: (connections: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openSilence(): Promise<Silence> {
  const sockets: Socket[] = [];
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.resume();
  });
  const { port, close } = await listenOnLoopback(server);
  return {
    port,
    connections: () => sockets.length,
    until: async (connections) => {
      await eventually(
        () => Promise.resolve(sockets.length),
        (count) => count >= connections,
        120_000,
      );
    },
    close: async () => {
      const closed = close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** An edge that gives the same answer to everybody, by the first part of the path. */
export interface FakeEdge {
  readonly url: (answer: string) => string;
  readonly close: () => Promise<void>;
}

export type Answers = Readonly<
  Record<
    string,
    { readonly status: number; readonly body: object; readonly headers?: Readonly<Record<string, string>> }
  >
>;

export async function openFakeEdge(answers: Answers): Promise<FakeEdge> {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    const [, name = ''] = (request.url ?? '').split('/');
    const { status, body, headers } = answers[name] ?? { status: 404, body: {} };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  });
  const { port, close } = await listenOnLoopback(server);
  return {
    url: (answer) => `http://127.0.0.1:${port}/${answer}`,
    close: async () => {
      const closed = close();
      server.closeAllConnections();
      await closed;
    },
  };
}
