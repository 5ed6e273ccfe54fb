import { createServer, type Server } from 'node:http';
import { getGlobalDispatcher, setGlobalDispatcher, type Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LiveKitProbe, LiveKitRoomDispatcher } from '../../../adapters/livekit/index.ts';
import { LIVEKIT_CONNECTIONS, livekitPool } from '../../../composition/livekit-pool.ts';
import { anyRequest } from '../../contract/room-dispatcher.contract.ts';
import { listenOnLoopback } from '../../support/http-loopback.ts';
import { randomKey } from '../../support/livekit-server.ts';

const BURST = 200;

/*
 * The SDK and the probe call the global `fetch`, which is Node's own undici; the pool is an Agent of the npm package. These
 * tests are what says that the one honours the other.
 */
describe('the connections to LiveKit', () => {
  const standard = getGlobalDispatcher();
  let agent: Agent;
  let server: CountingServer;
  beforeEach(async () => {
    agent = livekitPool();
    server = await openCountingServer();
  });
  afterEach(async () => {
    setGlobalDispatcher(standard);
    await server.close();
    await agent.destroy();
  });

  it('are kept and used again, when calls come one after the other', async () => {
    setGlobalDispatcher(agent);
    const { dispatcher, probe } = clients(server.url);
    for (let call = 0; call < 20; call += 1) {
      await dispatcher.createRoom(anyRequest());
      expect(await probe.isHealthy()).toBe(true);
    }
    expect(server.requests()).toBe(40);
    expect(server.sockets().opened).toBeLessThanOrEqual(5); // one may still be finishing when the next call begins
  });

  it('are never more than the cap, however many calls come at once, and all are answered', async () => {
    setGlobalDispatcher(agent);
    const { dispatcher } = clients(server.url);
    const burst = (): Promise<unknown> =>
      Promise.all(Array.from({ length: BURST }, () => dispatcher.createRoom(anyRequest())));
    await burst();
    await burst();
    expect(server.requests()).toBe(2 * BURST);
    expect(server.sockets()).toEqual({ opened: LIVEKIT_CONNECTIONS, mostAtOnce: LIVEKIT_CONNECTIONS });
  });

  it('would be one for every call without it: the cap above is the pool’s doing', async () => {
    const { dispatcher } = clients(server.url);
    await Promise.all(Array.from({ length: BURST }, () => dispatcher.createRoom(anyRequest())));
    expect(server.sockets().mostAtOnce).toBeGreaterThan(LIVEKIT_CONNECTIONS);
  });
});

function clients(url: string): { readonly dispatcher: LiveKitRoomDispatcher; readonly probe: LiveKitProbe } {
  const key = randomKey('pool');
  return {
    dispatcher: new LiveKitRoomDispatcher({ url, key }),
    probe: new LiveKitProbe({ url, key, clock: { now: () => new Date() } }),
  };
}

interface CountingServer {
  readonly url: string;
  readonly requests: () => number;
  readonly sockets: () => { readonly opened: number; readonly mostAtOnce: number };
  readonly close: () => Promise<void>;
}

/** Answers every CreateRoom after a moment, and counts who came over which connection. */
async function openCountingServer(): Promise<CountingServer> {
  const count = { requests: 0, opened: 0, open: 0, mostAtOnce: 0 };
  const server: Server = createServer((request, response) => {
    count.requests += 1;
    request.resume().once('end', () => {
      setTimeout(() => {
        response
          .setHeader('content-type', 'application/json')
          .end('{"sid":"RM_counted","creationTimeMs":"1"}');
      }, 10);
    });
  });
  server.on('connection', (socket) => {
    count.opened += 1;
    count.open += 1;
    count.mostAtOnce = Math.max(count.mostAtOnce, count.open);
    socket.once('close', () => {
      count.open -= 1;
    });
  });
  const { port, close } = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => count.requests,
    sockets: () => ({ opened: count.opened, mostAtOnce: count.mostAtOnce }),
    close,
  };
}
