import { setTimeout as delay } from 'node:timers/promises';
import { WorkerMessage } from '@livekit/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openGateway, type GatewayStage } from '../../support/gateway-service.ts';
import { openStandInLiveKit } from '../../support/gateway-service-livekit.ts';
import { rowsOf, serve } from '../../support/gateway-service-worker.ts';
import { rawWorker } from '../../support/gateway-worker.ts';

const LARGE = 'x'.repeat(500_000);
/** More than the sockets of a machine take by themselves. */
const MESSAGES = 30;
const LARGE_REQUEST = new WorkerMessage({
  message: {
    case: 'migrateJob',
    value: { jobIds: Array.from({ length: 100 }, () => `AJ_${'0'.repeat(61)}`) },
  },
}).toBinary();

describe('a side that is slow', () => {
  let stage: GatewayStage;
  beforeAll(async () => {
    stage = await openGateway({ limits: { stalledMs: 4_000, burst: 2_000, burstBytes: 2 ** 24 } });
  });
  afterAll(() => stage.close());

  it('holds up the other: a worker that reads later gets everything in its order', async () => {
    const { worker, line } = await serve(stage);
    worker.socket.pause();
    for (let message = 0; message < MESSAGES; message += 1) {
      line.say({ case: 'termination', value: { jobId: `${message} ${LARGE}` } });
    }
    await delay(500);
    expect(line.socket.bufferedAmount).toBeGreaterThan(0);
    worker.socket.resume();
    await vi.waitFor(
      () => {
        expect(worker.heard).toHaveLength(1 + MESSAGES);
      },
      { timeout: 15_000 },
    );
    const order = worker.heard
      .slice(1)
      .map((said) => said.case === 'termination' && parseInt(said.value.jobId, 10));
    expect(order).toEqual(Array.from({ length: MESSAGES }, (_, index) => index));
  });

  it('is closed where it never reads: the worker', async () => {
    const { agent, worker, line } = await serve(stage);
    worker.socket.pause();
    for (let message = 0; message < MESSAGES; message += 1) {
      line.say({ case: 'termination', value: { jobId: LARGE } });
    }
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
    for (let message = 0; message < 1_500; message += 1) {
      worker.send(LARGE_REQUEST);
    }
    await delay(600);
    expect(worker.socket.bufferedAmount).toBeGreaterThan(0);
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
