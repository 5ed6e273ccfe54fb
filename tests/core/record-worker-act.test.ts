import { beforeEach, describe, expect, it } from 'vitest';
import { RecordWorkerAct, UNLIMITED, type WorkerAct } from '../../core/index.ts';
import { MemoryRateLimiter } from '../support/memory-rate-limiter.ts';
import { ADA, AGENT_NAME, CLIENT, CONTEXT } from '../support/platform-cast.ts';
import { platformOverMemory, type Platform } from '../support/platform-over-memory.ts';
import { workerOf } from '../support/offered-job.ts';
import { agentNameOf } from '../../core/index.ts';

const ROOM = `s-${'a'.repeat(32)}`;

describe('what becomes of a worker', () => {
  let platform: Platform;
  beforeEach(() => {
    platform = platformOverMemory();
  });

  const record = (act: WorkerAct, { agent = AGENT_NAME, refusalRows = UNLIMITED } = {}): Promise<void> =>
    new RecordWorkerAct({ ...platform, limits: { refusalRows } }).execute({
      worker: workerOf(platform, agent),
      context: CONTEXT,
      act,
    });

  it('is on record when it goes, with why', async () => {
    await record({ kind: 'closed', reason: 'renewed' });
    const { connectionId } = workerOf(platform);
    expect(platform.audit.events).toMatchObject([
      {
        type: 'worker.closed',
        outcome: 'allowed',
        reason: 'renewed',
        agent: AGENT_NAME,
        actor: { kind: 'application' },
        details: { connection_id: connectionId },
        requestId: CONTEXT.requestId,
      },
    ]);
  });

  it('is on record when it tries what no worker may, and when a job is kept from it', async () => {
    await record({ kind: 'message_refused', reason: 'simulate_job' });
    await record({ kind: 'job_withheld', reason: 'session_over', jobId: 'AJ_1', room: ROOM });
    expect(platform.audit.events).toMatchObject([
      { type: 'worker.message_refused', outcome: 'denied', reason: 'simulate_job', agent: AGENT_NAME },
      {
        type: 'worker.job_withheld',
        outcome: 'denied',
        reason: 'session_over',
        room: ROOM,
        details: { job_id: 'AJ_1' },
      },
    ]);
  });

  it('is told of a personal agent by its user', async () => {
    await record({ kind: 'closed', reason: 'expired' }, { agent: agentNameOf(CLIENT, ADA) });
    expect(platform.audit.events[0]?.actor).toEqual({ kind: 'user', clientId: CLIENT, userId: ADA });
  });

  it('never holds more of LiveKit’s words than fits a row, nor a room that is none of ours', async () => {
    await record({ kind: 'job_withheld', reason: 'room_unknown', jobId: 'x'.repeat(9000), room: 'lobby' });
    const [event] = platform.audit.events;
    expect(event?.details?.['job_id']).toHaveLength(128);
    expect(event).not.toHaveProperty('room');
  });

  it('fills no trail however often it is tried, and takes no row from another agent', async () => {
    const refusalRows = new MemoryRateLimiter({ requests: 2, windowMs: 60_000 }, platform.clock);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await record({ kind: 'message_refused', reason: 'simulate_job' }, { refusalRows });
    }
    await record(
      { kind: 'message_refused', reason: 'simulate_job' },
      { refusalRows, agent: agentNameOf(CLIENT) },
    );
    expect(platform.audit.events.map(({ reason }) => reason)).toEqual([
      'simulate_job',
      'simulate_job',
      'refusals_left_out',
      'simulate_job',
    ]);
    await record({ kind: 'closed', reason: 'expired' }, { refusalRows });
    expect(platform.audit.events.at(-1)).toHaveProperty('type', 'worker.closed');
  });
});
