import { JobStatus, JobType, WorkerMessage } from '@livekit/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openGateway, type GatewayStage } from '../../support/gateway-service.ts';
import { rowsOf, serve } from '../../support/gateway-service-worker.ts';
import { rawWorker, registration, type WorkerWords } from '../../support/gateway-worker.ts';

const PING = new WorkerMessage({ message: { case: 'ping', value: { timestamp: 1n } } }).toBinary();
const SIMULATE: WorkerWords = { case: 'simulateJob', value: { room: { name: 'somebody’s' } } };

describe('a worker that does what no worker does', () => {
  let stage: GatewayStage;
  beforeAll(async () => {
    stage = await openGateway();
  });
  afterAll(() => stage.close());

  it.each<[string, string | Uint8Array, number, string, string[]]>([
    ['a text', '{"ping":{}}', 1003, 'text_frame', ['refused']],
    ['bytes of no message', new Uint8Array([0xff]), 1007, 'malformed_frame', ['refused']],
    ['two messages in one', Buffer.concat([PING, PING]), 1007, 'malformed_frame', ['refused']],
    ['a second registration', frameOf(registration()), 1008, 'second_register', ['refused']],
    ['a message too large', new Uint8Array(65_537), 1009, 'message_too_large', []],
  ])('is closed for %s, and the reason is told and on record', async (_, frame, code, reason, refused) => {
    const { agent, worker, line } = await serve(stage);
    worker.send(frame);
    expect(await worker.ended).toEqual({ code, reason: expect.any(String) as string });
    const rows = [...refused.map(() => `worker.message_refused ${reason}`), `worker.closed ${reason}`];
    await vi.waitFor(
      () => {
        expect(rowsOf(stage, agent)).toEqual(['worker.admitted', ...rows]);
      },
      { timeout: 10_000 },
    );
    expect(line.heard.map((said) => said.case)).toEqual(['register']);
  });

  it.each<[string, WorkerWords, string]>([
    ['before it registers', { case: 'ping', value: {} }, 'register_expected'],
    ['under another name', registration('somebody-else'), 'wrong_agent_name'],
    [
      'for jobs of another type',
      { case: 'register', value: { type: JobType.JT_PUBLISHER } },
      'wrong_job_type',
    ],
  ])('is closed when it speaks %s, and LiveKit hears nothing of it', async (_, words, reason) => {
    const worker = await rawWorker(stage.url, stage.tokenOf(await stage.newAgent()));
    const line = stage.livekit.newest();
    worker.say(words);
    expect(await worker.ended).toEqual({ code: 1008, reason });
    expect(line.frames).toEqual([]);
  });

  it('gets no simulated job: not as it is, and not disguised as a ping', async () => {
    const { agent, worker, line } = await serve(stage);
    worker.say(SIMULATE);
    worker.send(Buffer.concat([frameOf(SIMULATE), Buffer.from('2800', 'hex')]));
    expect(await worker.ended).toEqual({ code: 1007, reason: 'malformed_frame' });
    expect(line.heard.map((said) => said.case)).toEqual(['register']);
    await vi.waitFor(
      () => {
        expect(rowsOf(stage, agent)).toEqual([
          'worker.admitted',
          'worker.message_refused simulate_job',
          'worker.message_refused malformed_frame',
          'worker.closed malformed_frame',
        ]);
      },
      { timeout: 10_000 },
    );
  });

  it('is not closed for messages that nobody knows: they are counted, and told when it ends', async () => {
    const { worker, line } = await serve(stage);
    worker.send(new Uint8Array());
    worker.send(Buffer.from('7a020801', 'hex'));
    worker.say({ case: 'updateJob', value: { jobId: 'AJ_of_others', status: JobStatus.JS_SUCCESS } });
    worker.send(PING);
    await line.hears('ping');
    expect(line.heard.map((said) => said.case)).toEqual(['register', 'ping']);
    worker.socket.terminate();
    await vi.waitFor(
      () => {
        expect(stage.log.at(-1)).toMatchObject({
          event: 'worker_closed',
          reason: 'worker_gone',
          dropped: { unknown_message: 2, foreign_job: 1 },
        });
      },
      { timeout: 10_000 },
    );
  });

  it('is read more slowly when it talks too much, and loses nothing', async () => {
    const other = await openGateway({ limits: { burst: 20, messagesPerSecond: 100, maxWaiting: 100 } });
    try {
      const { worker, line } = await serve(other);
      const startedMs = performance.now();
      for (let ping = 1; ping <= 60; ping += 1) {
        worker.say({ case: 'ping', value: { timestamp: BigInt(ping) } });
      }
      await vi.waitFor(
        () => {
          expect(line.heard).toHaveLength(61);
        },
        { timeout: 10_000 },
      );
      expect(performance.now() - startedMs).toBeGreaterThan(350);
      const order = line.heard
        .slice(1)
        .map((said) => (said.case === 'ping' ? Number(said.value.timestamp) : 0));
      expect(order).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
      for (let ping = 0; ping < 3_000; ping += 1) {
        worker.send(PING);
      }
      expect(await worker.ended).toEqual({ code: 1008, reason: 'too_many_messages' });
    } finally {
      await other.close();
    }
  });

  it('is read more slowly when what it says is long, WebSocket pings counted, and loses nothing', async () => {
    const other = await openGateway({ limits: { burstBytes: 1_000, bytesPerSecond: 2_000 } });
    try {
      const { worker, line } = await serve(other);
      const [jobIds, long] = [['AJ_1', 'AJ_2'], Array.from({ length: 11 }, () => `AJ_${'0'.repeat(61)}`)];
      const startedMs = performance.now();
      for (let ping = 0; ping < 8; ping += 1) {
        worker.socket.ping('x'.repeat(100));
      }
      worker.say({ case: 'migrateJob', value: { jobIds: long } });
      worker.say({ case: 'migrateJob', value: { jobIds: long } });
      worker.say({ case: 'migrateJob', value: { jobIds } });
      await vi.waitFor(
        () => {
          expect(line.heard).toHaveLength(4);
        },
        { timeout: 10_000 },
      );
      expect(performance.now() - startedMs).toBeGreaterThan(450);
      expect(line.heard.at(-1)).toMatchObject({ value: { jobIds } });
    } finally {
      await other.close();
    }
  });
});

function frameOf(message: WorkerWords): Uint8Array {
  return new WorkerMessage({ message }).toBinary();
}
