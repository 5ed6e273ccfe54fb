import { setTimeout as delay } from 'node:timers/promises';
import { WorkerMessage } from '@livekit/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { openGateway, type GatewayStage } from '../../support/gateway-service.ts';
import { openStandInLiveKit } from '../../support/gateway-service-livekit.ts';
import { rowsOf, serve } from '../../support/gateway-service-worker.ts';
import { rawWorker } from '../../support/gateway-worker.ts';

const LARGE = 'x'.repeat(500_000);
const AHEAD_BYTES = 2 ** 23;
/** Of so much ahead each: more than the sockets of any machine take by themselves. */
const ROUNDS = 40;
const LARGE_REQUEST = new WorkerMessage({
  message: {
    case: 'migrateJob',
    value: { jobIds: Array.from({ length: 100 }, () => `AJ_${'0'.repeat(61)}`) },
  },
}).toBinary();

/** Says more and more until nothing of it is taken any more; answers how many messages that were. */
async function sayUntilHeld(socket: WebSocket, say: (nth: number) => void): Promise<number> {
  let said = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (; socket.bufferedAmount < AHEAD_BYTES; said += 1) {
      say(said);
    }
    const left = socket.bufferedAmount;
    await delay(300);
    if (socket.bufferedAmount === left) {
      return said;
    }
  }
  throw new Error('whatever is said is taken');
}

describe('a side that is slow', () => {
  let stage: GatewayStage;
  beforeAll(async () => {
    stage = await openGateway({ limits: { stalledMs: 4_000, burst: 100_000, burstBytes: 2 ** 30 } });
  });
  afterAll(() => stage.close());

  it('holds up the other: a worker that reads later gets everything in its order', async () => {
    const patient = await openGateway({ limits: { stalledMs: 60_000 } });
    try {
      const { worker, line } = await serve(patient);
      worker.socket.pause();
      const said = await sayUntilHeld(line.socket, (nth) => {
        line.say({ case: 'termination', value: { jobId: `${nth} ${LARGE}` } });
      });
      worker.socket.resume();
      await vi.waitFor(
        () => {
          expect(worker.heard).toHaveLength(1 + said);
        },
        { timeout: 15_000 },
      );
      const order = worker.heard
        .slice(1)
        .map((heard) => heard.case === 'termination' && parseInt(heard.value.jobId, 10));
      expect(order).toEqual(Array.from({ length: said }, (_, nth) => nth));
    } finally {
      await patient.close();
    }
  });

  it('is closed where it never reads: the worker', async () => {
    const { agent, worker, line } = await serve(stage);
    worker.socket.pause();
    await sayUntilHeld(line.socket, () => {
      line.say({ case: 'termination', value: { jobId: LARGE } });
    });
    await vi.waitFor(
      () => {
        expect(rowsOf(stage, agent)).toContain('worker.closed worker_stalled');
      },
      { timeout: 15_000 },
    );
    worker.socket.terminate();
  });

  it('is closed where it never reads: LiveKit', async () => {
    const { worker, line } = await serve(stage);
    line.socket.pause();
    await sayUntilHeld(worker.socket, () => {
      worker.send(LARGE_REQUEST);
    });
    expect(await worker.ended).toEqual({ code: 1013, reason: 'livekit_gone' });
    line.socket.terminate();
  });
});

describe('a side that is gone', () => {
  it('and says so takes the other with it', async () => {
    const stage = await openGateway();
    try {
      const { worker, line } = await serve(stage);
      line.socket.terminate();
      expect(await worker.ended).toEqual({ code: 1013, reason: 'livekit_gone' });
      const second = await serve(stage);
      second.worker.socket.close(1000);
      await vi.waitFor(
        () => {
          expect(second.line.socket.readyState).toBe(second.line.socket.CLOSED);
        },
        { timeout: 10_000 },
      );
    } finally {
      await stage.close();
    }
  });

  it('without a word is found out, the worker as well as LiveKit', async () => {
    const livekit = await openStandInLiveKit({ autoPong: false });
    const limits = { pingMs: 100, pongMs: 3_000 };
    const [deaf, stage] = [await openGateway({ limits, livekit }), await openGateway({ limits })];
    try {
      const worker = await rawWorker(deaf.url, deaf.tokenOf(await deaf.newAgent()));
      const silent = await rawWorker(stage.url, stage.tokenOf(await stage.newAgent()), { autoPong: false });
      const lively = await rawWorker(stage.url, stage.tokenOf(await stage.newAgent()));
      expect(await worker.ended).toEqual({ code: 1013, reason: 'livekit_gone' });
      expect(await silent.ended).toEqual({ code: 1008, reason: 'worker_silent' });
      await delay(300);
      expect(lively.socket.readyState).toBe(lively.socket.OPEN);
    } finally {
      await Promise.all([deaf.close(), stage.close()]);
    }
  });
});
