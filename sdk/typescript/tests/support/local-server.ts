import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface LocalServer {
  readonly url: string;
  readonly received: readonly Received[];
  readonly close: () => Promise<void>;
}

/** A server on loopback that answers as it is told, and remembers what it was asked. */
export async function openLocalServer(
  answer: (received: Received, response: ServerResponse) => void,
): Promise<LocalServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, path: url, headers, body: Buffer.concat(pieces).toString('utf8') };
      received.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** The body of an answer to a registration, good for an hour. */
export function registrationBody(fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    token: 'agent-token',
    livekit_url: 'ws://127.0.0.1:9',
    agent_name: '11111111-2222-4333-8444-555555555555',
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    region: 'eu',
    ...fields,
  });
}
