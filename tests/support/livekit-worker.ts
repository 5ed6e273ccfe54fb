import { JobType, ServerMessage, WorkerMessage, type Job } from '@livekit/protocol';
import { signJwt } from '../../adapters/livekit/sign-jwt.ts';
import type { LiveKitKey } from '../../adapters/livekit/index.ts';

/** A worker that takes note of the jobs it is offered, and takes none. */
export interface WatchingWorker {
  readonly offers: readonly Job[];
  readonly close: () => void;
}

/** Registers at a real server under a name, or under none: such a worker gets every room that names no agent. */
export async function watchJobs(wsUrl: string, key: LiveKitKey, agentName: string): Promise<WatchingWorker> {
  const exp = Math.floor(Date.now() / 1000) + 60;
  const token = await signJwt(key, { exp, sub: 'worker', video: { agent: true } });
  const socket = new WebSocket(`${wsUrl}/agent?access_token=${token}`);
  socket.binaryType = 'arraybuffer';
  const offers: Job[] = [];
  const registered = new Promise<void>((resolve, reject) => {
    socket.addEventListener('message', ({ data }) => {
      const { message } = readMessage(data);
      if (message.case === 'register') {
        resolve();
      }
      if (message.case === 'availability' && message.value.job !== undefined) {
        const { job } = message.value;
        offers.push(job);
        send(socket, { case: 'availability', value: { jobId: job.id, available: false } });
      }
    });
    socket.addEventListener('error', () => {
      reject(new Error('the worker was not let in'));
    });
  });
  socket.addEventListener('open', () => {
    send(socket, { case: 'register', value: { type: JobType.JT_ROOM, agentName, version: '1' } });
  });
  await registered;
  return {
    offers,
    close: () => {
      socket.close();
    },
  };
}

function readMessage(data: unknown): ServerMessage {
  return data instanceof ArrayBuffer ? ServerMessage.fromBinary(new Uint8Array(data)) : new ServerMessage();
}

function send(
  socket: WebSocket,
  message: NonNullable<ConstructorParameters<typeof WorkerMessage>[0]>['message'] & {},
): void {
  socket.send(new WorkerMessage({ message }).toBinary());
}
