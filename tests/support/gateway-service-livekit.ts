import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ServerMessage, WorkerMessage } from '@livekit/protocol';
import { WebSocketServer, type WebSocket } from 'ws';
import { Inbox } from './gateway-worker-inbox.ts';
import { bytesOf, type ServerWords } from './gateway-worker.ts';
import { listenOnLoopback } from './http-loopback.ts';

type Said = WorkerMessage['message'];

/** One connection of the gateway to LiveKit. */
export interface UpstreamLine {
  readonly request: Pick<IncomingMessage, 'url' | 'rawHeaders'>;
  readonly socket: WebSocket;
  readonly frames: readonly Uint8Array[];
  readonly heard: readonly Said[];
  readonly say: (words: ServerWords) => void;
  readonly hears: <Case extends Said['case']>(kind: Case) => Promise<Extract<Said, { case: Case }>>;
}

/** What the gateway takes for LiveKit: it confirms every registration, and says otherwise what a test tells it to. */
export interface StandInLiveKit {
  readonly url: string;
  readonly lines: readonly UpstreamLine[];
  /** The line that was opened last. */
  readonly newest: () => UpstreamLine;
  /** What it does with the next connections; a number refuses with that status. */
  answer: 'open' | 'hang' | number;
  readonly close: () => Promise<void>;
}

export async function openStandInLiveKit({ autoPong = true } = {}): Promise<StandInLiveKit> {
  const lines: UpstreamLine[] = [];
  const sockets = new WebSocketServer({ noServer: true, autoPong });
  const server = createServer();
  const standIn = { answer: 'open' as StandInLiveKit['answer'] };
  const hung = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined);
    if (standIn.answer === 'hang') {
      hung.add(socket);
    }
    if (typeof standIn.answer === 'number') {
      socket.end(`HTTP/1.1 ${standIn.answer} No\r\nconnection: close\r\n\r\n`);
    }
    if (standIn.answer === 'open') {
      sockets.handleUpgrade(request, socket, head, (opened) => lines.push(follow(opened, request)));
    }
  });
  const { port, close } = await listenOnLoopback(server);
  return Object.assign(standIn, {
    url: `http://127.0.0.1:${port}`,
    lines,
    newest: () => {
      const line = lines.at(-1);
      if (line === undefined) {
        throw new Error('nobody has connected');
      }
      return line;
    },
    close: async () => {
      sockets.clients.forEach((socket) => {
        socket.terminate();
      });
      hung.forEach((socket) => socket.destroy());
      await close();
    },
  });
}

function follow(socket: WebSocket, { url = '', rawHeaders }: IncomingMessage): UpstreamLine {
  const frames: Uint8Array[] = [];
  const inbox = new Inbox<Said>();
  const say = (message: ServerWords): void => {
    socket.send(new ServerMessage({ message }).toBinary());
  };
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    const frame = bytesOf(data);
    const { message } = WorkerMessage.fromBinary(frame);
    frames.push(frame);
    inbox.push(message);
    if (message.case === 'register') {
      say({ case: 'register', value: { workerId: 'AW_test' } });
    }
  });
  return {
    request: { url, rawHeaders },
    socket,
    frames,
    heard: inbox.items,
    say,
    hears: (kind) => inbox.first((said): said is Extract<Said, { case: typeof kind }> => said.case === kind),
  };
}
