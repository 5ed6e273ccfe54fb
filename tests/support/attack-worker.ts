import { ServerMessage, WorkerMessage, type Job, type JobAssignment } from '@livekit/protocol';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';

export interface WorkerEndpoint {
  /** Path and query included. */
  readonly url: string;
  /** Sent as a bearer token; absent where the URL carries it, or nothing does. */
  readonly token?: string;
}

type Message = ServerMessage['message'];
export type WorkerWords = NonNullable<ConstructorParameters<typeof WorkerMessage>[0]>['message'] & {};
type Answer = Partial<Extract<WorkerWords, { case: 'availability' }>['value']>;

/** A worker without a library in between: it says whatever it is told to, and takes every job that it is offered. */
export interface RawWorker {
  readonly jobs: readonly Job[];
  readonly assignments: readonly JobAssignment[];
  /** Job ids that it was told to end. */
  readonly terminated: readonly string[];
  readonly say: (words: WorkerWords) => void;
  /** A text goes out as a text frame. */
  readonly send: (frame: Uint8Array | string) => void;
  /** The first message, also one already here, that something can be made of. */
  readonly first: <T>(pick: (message: Message) => T | undefined, timeoutMs?: number) => Promise<T>;
  /** Whatever was said before has had its effect: LiveKit answered two pings since, or the connection is over. */
  readonly settled: () => Promise<void>;
  /** The close code; 0 while it is open. */
  readonly closeCode: () => number;
  readonly ended: Promise<number>;
  readonly close: () => Promise<void>;
}

const ANSWER_MS = 20_000;
/** LiveKit makes offers beside the answers to pings, and tells its own parts of a new worker so too. */
const SETTLE_MS = 60;

/** The status of the refusal where nobody is let in. `answer` is laid over what an honest worker says to an offer. */
export async function connectWorker(
  { url, token }: WorkerEndpoint,
  answer: (job: Job) => Answer = () => ({}),
): Promise<RawWorker | number> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const socket = new WebSocket(url, { headers, handshakeTimeout: ANSWER_MS });
  socket.on('error', () => undefined);
  const worker = listen(socket, answer);
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      resolve(worker);
    });
    socket.once('unexpected-response', (request, response) => {
      response.resume();
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.once('error', reject);
  });
}

function listen(socket: WebSocket, answer: (job: Job) => Answer): RawWorker {
  const received: Message[] = [];
  const [jobs, assignments, terminated]: [Job[], JobAssignment[], string[]] = [[], [], []];
  const watchers = new Set<() => void>();
  let closeCode = 0;
  let pings = 0n;
  const notify = (): void => {
    for (const watcher of watchers) {
      watcher();
    }
  };
  const ended = new Promise<number>((resolve) => {
    socket.once('close', (code) => {
      closeCode = code;
      resolve(code);
      notify();
    });
  });
  const send = (frame: Uint8Array | string): void => {
    if (socket.readyState === WebSocket.OPEN) {
      socket.send(frame);
    }
  };
  const say = (message: WorkerWords): void => {
    send(new WorkerMessage({ message }).toBinary());
  };
  socket.on('message', (data, isBinary) => {
    const { message } = readMessage(data, isBinary);
    received.push(message);
    if (message.case === 'availability' && message.value.job !== undefined) {
      const { job } = message.value;
      jobs.push(job);
      const honest = { jobId: job.id, available: true, participantIdentity: `agent-${job.id}` };
      say({ case: 'availability', value: { ...honest, ...answer(job) } });
    }
    if (message.case === 'assignment') {
      assignments.push(message.value);
    }
    if (message.case === 'termination') {
      terminated.push(message.value.jobId);
    }
    notify();
  });
  const until = <T>(look: () => T | undefined, timeoutMs = ANSWER_MS): Promise<T> =>
    new Promise((resolve, reject) => {
      const over = setTimeout(() => {
        watchers.delete(watcher);
        reject(
          new Error(`not within ${timeoutMs} ms; heard ${received.map(({ case: kind }) => kind).join()}`),
        );
      }, timeoutMs);
      const watcher = (): void => {
        const found = look();
        if (found !== undefined) {
          clearTimeout(over);
          watchers.delete(watcher);
          resolve(found);
        }
      };
      watchers.add(watcher);
      watcher();
    });
  const answeredPing = (): Promise<true> => {
    const timestamp = (pings += 1n);
    say({ case: 'ping', value: { timestamp } });
    return until(() => {
      const isPong = (message: Message): boolean =>
        message.case === 'pong' && message.value.lastTimestamp === timestamp;
      return closeCode !== 0 || received.some(isPong) ? true : undefined;
    });
  };
  return {
    jobs,
    assignments,
    terminated,
    say,
    send,
    first: (pick, timeoutMs) =>
      until(() => received.map(pick).find((found) => found !== undefined), timeoutMs),
    settled: async () => {
      await answeredPing();
      await delay(SETTLE_MS);
      await answeredPing();
    },
    closeCode: () => closeCode,
    ended,
    close: async () => {
      socket.terminate();
      await ended;
    },
  };
}

/** LiveKit answers in text to whom it heard text from. */
function readMessage(data: unknown, isBinary: boolean): ServerMessage {
  if (!(data instanceof Buffer)) {
    throw new Error('expected one buffer');
  }
  return isBinary
    ? ServerMessage.fromBinary(new Uint8Array(data))
    : ServerMessage.fromJsonString(data.toString(), { ignoreUnknownFields: true });
}
