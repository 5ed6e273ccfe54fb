import { JobType, type Job } from '@livekit/protocol';
import { signJwt } from '../../adapters/livekit/sign-jwt.ts';
import type { LiveKitKey } from '../../adapters/livekit/index.ts';
import { connectWorker } from './attack-worker.ts';

/** A worker that takes note of the jobs it is offered, and takes none. */
export interface WatchingWorker {
  readonly offers: readonly Job[];
  readonly close: () => Promise<void>;
}

/** Registers at a real server under a name, or under none: such a worker gets every room that names no agent. */
export async function watchJobs(wsUrl: string, key: LiveKitKey, agentName: string): Promise<WatchingWorker> {
  const exp = Math.floor(Date.now() / 1000) + 60;
  const token = await signJwt(key, { exp, sub: 'worker', video: { agent: true } });
  const worker = await connectWorker({ url: `${wsUrl}/agent`, token }, () => ({ available: false }));
  if (typeof worker === 'number') {
    throw new Error('the worker was not let in');
  }
  worker.say({ case: 'register', value: { type: JobType.JT_ROOM, agentName, version: '1' } });
  await worker.first((message) => (message.case === 'register' ? true : undefined));
  return { offers: worker.jobs, close: worker.close };
}
