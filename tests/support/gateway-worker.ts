import { ServerMessage, WorkerMessage } from '@livekit/protocol';
import { WebSocket, type RawData } from 'ws';
import { Inbox } from './gateway-worker-inbox.ts';

export type WorkerWords = NonNullable<ConstructorParameters<typeof WorkerMessage>[0]>['message'] & {};
export type ServerWords = NonNullable<ConstructorParameters<typeof ServerMessage>[0]>['message'] & {};
type Said = ServerMessage['message'];

export interface Ending {
  readonly code: number;
  readonly reason: string;
}

/** A worker that says whatever it is told to, and nothing else. */
export interface RawWorker {
  readonly socket: WebSocket;
  /** In order of arrival. */
  readonly heard: readonly Said[];
  readonly say: (words: WorkerWords) => void;
  /** A text goes out as a text frame. */
  readonly send: (frame: Uint8Array | string) => void;
  /** The first message of a kind, also one already here. */
  readonly hears: <Case extends Said['case']>(kind: Case) => Promise<Extract<Said, { case: Case }>>;
  readonly ended: Promise<Ending>;
}

/** The status of the refusal, and its headers, where the worker is not let in. */
export interface Refusal {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

export async function connectRaw(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  { autoPong = true }: ConnectOptions = {},
): Promise<RawWorker | Refusal> {
  const socket = new WebSocket(url, { headers, autoPong, perMessageDeflate: false });
  socket.on('error', () => undefined);
  const worker = follow(socket);
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      resolve(worker);
    });
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] });
    });
    socket.once('error', reject);
  });
}

interface ConnectOptions {
  /** Whether it answers pings. */
  readonly autoPong?: boolean;
}

/** For a worker that must be let in. */
export async function rawWorker(url: string, token: string, options?: ConnectOptions): Promise<RawWorker> {
  const worker = await connectRaw(url, { authorization: `Bearer ${token}` }, options);
  if ('status' in worker) {
    throw new Error(`refused with ${worker.status}`);
  }
  return worker;
}

export function registration(agentName = ''): WorkerWords {
  return { case: 'register', value: { agentName, version: '1.2.3' } };
}

export function yes(jobId: string): WorkerWords {
  const value = { jobId, available: true, participantIdentity: 'whoever', participantName: 'Echo' };
  return { case: 'availability', value };
}

export function bytesOf(data: RawData): Uint8Array {
  if (Buffer.isBuffer(data)) {
    return new Uint8Array(data);
  }
  throw new Error('one message at a time');
}

function follow(socket: WebSocket): RawWorker {
  const inbox = new Inbox<Said>();
  socket.on('message', (data) => {
    inbox.push(ServerMessage.fromBinary(bytesOf(data)).message);
  });
  const ended = new Promise<Ending>((resolve) => {
    socket.once('close', (code, reason) => {
      resolve({ code, reason: String(reason) });
    });
  });
  return {
    socket,
    heard: inbox.items,
    say: (message) => {
      socket.send(new WorkerMessage({ message }).toBinary());
    },
    send: (frame) => {
      socket.send(frame);
    },
    hears: (kind) => inbox.first((said): said is Extract<Said, { case: typeof kind }> => said.case === kind),
    ended,
  };
}
