import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeGateway } from './fake-gateway.ts';

/** What the edge answers next: a registration that lives so long, a status with a problem's code, or nothing at all. */
export type Reply =
  | { readonly lifeMs: number; readonly agentName?: string }
  | { readonly status: number; readonly code?: string }
  | 'silence';

const AGENT_NAME = '11111111-2222-4333-8444-555555555555';

export interface FakePlatform {
  readonly url: string;
  readonly gateway: FakeGateway;
  /** How often it was asked to register. */
  readonly asked: () => number;
  /** From now on. */
  readonly reply: (next: Reply) => void;
  readonly close: () => Promise<void>;
}

/** Edge and gateway of the platform on one port of loopback, for an agent's process. Tokens are `planted-token-<n>`. */
export async function openFakePlatform(first: Reply): Promise<FakePlatform> {
  const state = { reply: first, asked: 0 };
  const gateway = new FakeGateway();
  const server = createServer((request, response) => {
    request.resume();
    state.asked += 1;
    if (state.reply === 'silence') return;
    const { port } = server.address() as AddressInfo;
    answer(response, state.reply, { port, n: state.asked });
  });
  gateway.attach(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    gateway,
    asked: () => state.asked,
    reply: (next) => {
      state.reply = next;
    },
    close: async () => {
      gateway.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(
  response: ServerResponse,
  reply: Exclude<Reply, 'silence'>,
  { port, n }: { readonly port: number; readonly n: number },
): void {
  if ('status' in reply) {
    response.writeHead(reply.status, { 'content-type': 'application/problem+json' });
    response.end(reply.code === undefined ? '' : JSON.stringify({ status: reply.status, code: reply.code }));
    return;
  }
  // The answer's own date has whole seconds.
  const now = Math.floor(Date.now() / 1000) * 1000;
  response.writeHead(200, { 'content-type': 'application/json', date: new Date(now).toUTCString() });
  response.end(
    JSON.stringify({
      token: `planted-token-${n}`,
      livekit_url: `ws://127.0.0.1:${port}`,
      agent_name: reply.agentName ?? AGENT_NAME,
      expires_at: new Date(now + reply.lifeMs).toISOString(),
      region: 'eu',
    }),
  );
}
