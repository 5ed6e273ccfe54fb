import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { RegisterWorkerResponse, ServerMessage } from '@livekit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { Loss } from '../src/connection.ts';
import { SOCKET_LIMITS, type SocketLimits } from '../src/gateway-socket.ts';
import { GatewaySockets } from '../src/gateway-sockets.ts';

const LOST: Loss = { kind: 'lost', reason: 'closed with 1006' };
const REGISTERED = new ServerMessage({
  message: { case: 'register', value: new RegisterWorkerResponse({ workerId: 'AW_1' }) },
}).toBinary();
const READABLE = Buffer.from(REGISTERED);
const UNREADABLE = Buffer.from('ffffffffff', 'hex');

interface Ended {
  /** As upstream would tell it, and what the SDK makes of it. */
  readonly code: number;
  readonly loss: Loss;
  /** What upstream read. */
  readonly read: readonly unknown[];
}

/** A worker as upstream makes one, in front of a gateway that does what it should not. */
describe('a gateway that', () => {
  let gateway: WebSocketServer;
  let url: string;
  let restore = (): void => undefined;
  let sockets: GatewaySockets;
  const watch = (limits: Partial<SocketLimits> = {}): void => {
    sockets = new GatewaySockets((address) => address === url, { ...SOCKET_LIMITS, ...limits });
    restore = sockets.watch();
  };

  beforeEach(async () => {
    gateway = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(gateway, 'listening');
    url = `ws://127.0.0.1:${(gateway.address() as AddressInfo).port}/agent`;
  });
  afterEach(async () => {
    restore();
    for (const client of gateway.clients) client.terminate();
    gateway.close();
    await once(gateway, 'close');
  });

  async function connect(): Promise<Ended> {
    const read: unknown[] = [];
    const socket = new WebSocket(url, { headers: { authorization: 'Bearer x' } });
    const opened = new Promise((resolve, reject) => {
      socket.on('open', resolve);
      socket.on('error', reject);
    });
    const over = new Promise<number>((resolve) => {
      socket.addEventListener('close', ({ code }) => {
        resolve(code);
      });
    });
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('message', ({ data }) => {
      read.push(new ServerMessage().fromBinary(data as Uint8Array).message.case);
    });
    await opened.catch(() => undefined);
    const code = await over;
    return { code, loss: sockets.explained(LOST), read };
  }

  it.each([
    ['sends what cannot be decoded', UNREADABLE, 1007, /^closed with 1007 a message that cannot be read: ./],
    ['sends half a message', READABLE.subarray(0, -2), 1007, /^closed with 1007 a message that cannot be/],
    ['sends text', 'ffffffffff', 1002, /^closed with 1002 a text frame$/],
    ['sends 90 MB', Buffer.alloc(90_000_000), 1009, /^closed with 1009 Max payload size exceeded$/],
  ])('%s loses this connection, and nothing else ends', async (_, frame, code, reason) => {
    watch();
    const closed = new Promise<number>((resolve) => {
      gateway.on('connection', (worker) => {
        worker.on('close', resolve);
        worker.on('error', () => undefined);
        worker.send(READABLE);
        worker.send(frame);
        worker.send(READABLE);
      });
    });
    const { loss, read } = await connect();
    expect(loss).toEqual({ kind: 'lost', reason: expect.stringMatching(reason) as string });
    expect(read).toEqual(['register']);
    expect(await closed).toBe(code);
  });

  it('does not agree to a close is left all the same', async () => {
    watch({ closeMs: 50 });
    gateway.on('connection', (worker) => {
      worker.pause();
      worker.send(UNREADABLE);
    });
    const { code, loss } = await connect();
    expect(code).toBe(1006);
    expect(loss.reason).toContain('closed with 1007');
  });

  it('lets in and never registers the worker is left', async () => {
    watch({ registrationMs: 100 });
    const { loss, read } = await connect();
    expect(loss).toEqual({ kind: 'lost', reason: 'the gateway did not register the worker within 0.1 s' });
    expect(read).toEqual([]);
  });

  it('takes the connection and never answers is left', async () => {
    watch({ registrationMs: 100 });
    const silence: Server = createTcpServer(() => undefined).listen(0, '127.0.0.1');
    await once(silence, 'listening');
    url = `ws://127.0.0.1:${(silence.address() as AddressInfo).port}/agent`;
    const { loss } = await connect();
    silence.close();
    expect(loss.reason).toBe('the gateway did not register the worker within 0.1 s');
  });

  it('falls silent is left', async () => {
    watch({ pingMs: 50 });
    gateway.on('connection', (worker) => {
      worker.send(READABLE);
      worker.pause();
    });
    const { loss, read } = await connect();
    expect(loss).toEqual({ kind: 'lost', reason: 'the gateway was silent for 0.05 s' });
    expect(read).toEqual(['register']);
  });

  it('has nothing to say but is there is not left, and its own close is its own', async () => {
    watch({ pingMs: 300, registrationMs: 400 });
    let pings = 0;
    gateway.on('connection', (worker) => {
      worker.send(READABLE);
      worker.on('ping', () => {
        pings += 1;
        if (pings === 2) worker.close(1012, 'renewed');
      });
    });
    const { code, loss } = await connect();
    expect(code).toBe(1012);
    expect(loss).toBe(LOST);
  });

  it('is somebody else: nothing of this', async () => {
    watch({ registrationMs: 50, pingMs: 50 });
    gateway.on('connection', (worker) => {
      worker.send('text');
      setTimeout(() => {
        worker.close(1000);
      }, 200);
    });
    const other = new WebSocket(url.replace('/agent', '/other'));
    const heard: unknown[] = [];
    other.on('message', (data: Buffer, isBinary) => heard.push([data.toString(), isBinary]));
    const [code] = (await once(other, 'close')) as [number];
    expect(code).toBe(1000);
    expect(heard).toEqual([['text', false]]);
  });
});
