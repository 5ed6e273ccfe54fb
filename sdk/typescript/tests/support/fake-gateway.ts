import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  Job,
  JobAssignment,
  RegisterWorkerResponse,
  ServerMessage,
  WorkerMessage,
  AvailabilityRequest,
  Room,
} from '@livekit/protocol';
import { WebSocketServer, type WebSocket } from 'ws';

/** How the gateway treats the next worker that knocks: lets it in, refuses it, or leaves it waiting. */
export type Welcome = 'admit' | 'refuse' | 'hang';

/** The agent gateway, as far as a worker sees it: lets in whoever it is told to, and hands out a job. */
export class FakeGateway {
  /** What each connection attempt brought as its token. */
  readonly tokens: string[] = [];
  readonly workers: WebSocket[] = [];
  welcome: Welcome = 'admit';
  readonly #sockets: Duplex[] = [];
  readonly #server = new WebSocketServer({ noServer: true });

  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => undefined);
      this.#sockets.push(socket);
      this.tokens.push((request.headers.authorization ?? '').replace('Bearer ', ''));
      if (this.welcome === 'hang') return;
      if (this.welcome === 'refuse') {
        socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      this.#server.handleUpgrade(request, socket, head, (worker) => {
        this.#admit(worker);
      });
    });
  }

  /** The newest connection. */
  get newest(): WebSocket {
    const worker = this.workers.at(-1);
    if (worker === undefined) throw new Error('no worker is connected');
    return worker;
  }

  /** Offers a job to the newest worker and hands it over once it is accepted. The room is nowhere. */
  giveJob(id: string): void {
    const job = new Job({ id, room: new Room({ name: 's-room', sid: 'RM_1' }) });
    send(this.newest, { case: 'availability', value: new AvailabilityRequest({ job }) });
  }

  #admit(worker: WebSocket): void {
    this.workers.push(worker);
    worker.on('message', (data: Buffer) => {
      const { message } = WorkerMessage.fromBinary(data);
      if (message.case === 'register') {
        send(worker, {
          case: 'register',
          value: new RegisterWorkerResponse({ workerId: `AW_${this.workers.length}` }),
        });
      } else if (message.case === 'availability' && message.value.available) {
        const job = new Job({ id: message.value.jobId, room: new Room({ name: 's-room', sid: 'RM_1' }) });
        const value = new JobAssignment({ job, url: 'ws://127.0.0.1:9', token: 'job-token' });
        send(worker, { case: 'assignment', value });
      }
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

function send(worker: WebSocket, message: ServerMessage['message']): void {
  worker.send(new ServerMessage({ message }).toBinary());
}
