import { JobType, ServerMessage, WorkerMessage, WorkerStatus } from '@livekit/protocol';
import { WebSocket } from 'ws';

export interface BenchWorkers {
  /** Reports that were sent so far. */
  readonly reports: () => number;
  /** Of connections that ended by themselves. */
  readonly lost: () => number;
  readonly close: () => void;
}

/** As python's library does. */
const REPORT_MS = 2500;
const AT_ONCE = 20;

/** Workers that never get a job, and report another load each time, so that no report is left out as known. */
export async function connectWorkers(
  url: string,
  agentName: string,
  tokens: readonly string[],
): Promise<BenchWorkers> {
  const sockets: WebSocket[] = [];
  const timers: NodeJS.Timeout[] = [];
  let [reports, lost, isClosing] = [0, 0, false];
  for (let first = 0; first < tokens.length; first += AT_ONCE) {
    const batch = tokens.slice(first, first + AT_ONCE).map((token) => openWorker(url, agentName, token));
    sockets.push(...(await Promise.all(batch)));
  }
  for (const [index, socket] of sockets.entries()) {
    const report = (): void => {
      reports += 1;
      const value = { status: WorkerStatus.WS_AVAILABLE, load: (reports % 60) / 100, jobCount: 0 };
      socket.send(new WorkerMessage({ message: { case: 'updateWorker', value } }).toBinary());
    };
    socket.on('close', () => {
      lost += isClosing ? 0 : 1;
    });
    // Spread over the interval, as workers that were started at any time are.
    const begin = setTimeout(
      () => {
        report();
        timers.push(setInterval(report, REPORT_MS));
      },
      (index * REPORT_MS) / sockets.length,
    );
    timers.push(begin);
  }
  return {
    reports: () => reports,
    lost: () => lost,
    close: () => {
      isClosing = true;
      timers.forEach((timer) => {
        clearTimeout(timer);
      });
      for (const socket of sockets) {
        socket.terminate();
      }
    },
  };
}

/** Registered: LiveKit has answered. `onOffer` is told of the dispatch of each job, which is declined. */
export async function openWorker(
  url: string,
  agentName: string,
  token: string,
  onOffer: (dispatchId: string) => void = () => undefined,
): Promise<WebSocket> {
  const socket = new WebSocket(`${url}/agent?protocol=1`, { headers: { authorization: `Bearer ${token}` } });
  const say = (message: NonNullable<ConstructorParameters<typeof WorkerMessage>[0]>): void => {
    socket.send(new WorkerMessage(message).toBinary());
  };
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => {
      const value = { type: JobType.JT_ROOM, agentName, version: '1.0.0' };
      say({ message: { case: 'register', value } });
    });
    socket.on('message', (data: Buffer) => {
      const { message } = ServerMessage.fromBinary(data);
      if (message.case === 'register') {
        resolve(socket);
      }
      if (message.case === 'availability') {
        const { id: jobId = '', dispatchId = '' } = message.value.job ?? {};
        onOffer(dispatchId);
        const value = { jobId, available: false };
        say({ message: { case: 'availability', value } });
      }
    });
  });
}
