import { beforeEach, describe, expect, it } from 'vitest';
import {
  AcceptJob,
  JudgeOffer,
  parseTokenTtlSeconds,
  type AcceptJobInput,
  type StartedSession,
} from '../../core/index.ts';
import { faultsInTurn, withFaults } from '../support/memory-faults.ts';
import { AGENT_NAME, CONTEXT, withRegisteredAgent } from '../support/platform-cast.ts';
import { platformOverMemory, type Platform } from '../support/platform-over-memory.ts';
import { JOB, OTHER_AGENT, startSession, workerOf } from '../support/offered-job.ts';

const SEAT = {
  name: 'Echo',
  metadata: '{"v":1}',
  attributes: { mood: 'calm', 'lkps.session_id': 'forged', 'LK.agent_name': 'forged' },
};
const PERMISSIONS = { canPublish: true, canSubscribe: true, canPublishData: false, canUpdateMetadata: true };

const FAULTS = ['before', 'after'] as const;

describe('a job that a worker is offered', () => {
  let platform: Platform;
  let session: StartedSession;
  beforeEach(async () => {
    platform = await withRegisteredAgent(platformOverMemory());
    session = await startSession(platform);
    platform.tokens.issued.length = 0;
  });

  const judge = (): JudgeOffer => new JudgeOffer(platform);
  const accept = (over: Partial<ConstructorParameters<typeof AcceptJob>[0]> = {}): AcceptJob =>
    new AcceptJob({ ...platform, tokenTtlMs: parseTokenTtlSeconds(3600), ...over });
  const job = (): AcceptJobInput => ({
    worker: workerOf(platform),
    jobId: JOB,
    room: session.room,
    seat: SEAT,
    permissions: PERMISSIONS,
  });
  const records = (): readonly string[] => platform.audit.events.map(({ type }) => type);

  it('is its own where the intent of an open session says so', async () => {
    expect(await judge().execute(job())).toEqual({ outcome: 'ours' });
  });

  it('is joined with a token for that room alone, which opens no worker endpoint, and is on record first', async () => {
    const outcome = await accept().execute(job());
    const spec = platform.tokens.issued[0] ?? expect.unreachable();
    expect(spec).toMatchObject({
      subject: `agent-${JOB}`,
      kind: 'agent',
      name: 'Echo',
      metadata: '{"v":1}',
      attributes: { mood: 'calm', 'lk.agent_name': AGENT_NAME, 'lk.agent.name': AGENT_NAME },
    });
    expect(spec.grants).toEqual({
      roomJoin: true,
      room: session.room,
      canPublish: true,
      canSubscribe: true,
      canPublishData: false,
      canUpdateOwnMetadata: true,
    });
    expect(Object.keys(spec.attributes)).toHaveLength(3);
    expect(outcome).toHaveProperty('outcome', 'relayed');
    expect(platform.audit.events.at(-1)).toMatchObject({
      type: 'worker.job_relayed',
      outcome: 'allowed',
      agent: AGENT_NAME,
      actor: { kind: 'application' },
      sessionId: session.sessionId,
      room: session.room,
      requestId: CONTEXT.requestId,
      token: { grants: spec.grants, tokenId: spec.tokenId, expiresAt: spec.expiresAt },
      details: { job_id: JOB },
    });
  });

  it.each(FAULTS)('is nobody’s while the trail cannot be written (fault %s the write)', async (fault) => {
    const audit = withFaults(platform.audit, faultsInTurn(fault));
    await expect(accept({ audit }).execute(job())).rejects.toHaveProperty('code', 'audit_unavailable');
  });

  const withheld: readonly (readonly [string, string, () => Promise<AcceptJobInput>])[] = [
    [
      'of another agent’s session',
      'room_of_another_agent',
      () => Promise.resolve({ ...job(), worker: workerOf(platform, OTHER_AGENT) }),
    ],
    ['of a room nobody asked for', 'room_unknown', () => Promise.resolve({ ...job(), room: unknownRoom() })],
    ['of a room that is none of ours', 'room_unknown', () => Promise.resolve({ ...job(), room: 'lobby' })],
    ['of no room', 'room_unknown', () => Promise.resolve({ ...job(), room: '' })],
    [
      'of a session that is over',
      'session_over',
      async () => {
        await platform.sessions.record(
          { sessionId: session.sessionId },
          [{ factId: 'cut', kind: 'session_cut', at: platform.clock.now(), reason: 'revoked' }],
          () => [],
        );
        return job();
      },
    ],
    [
      'of an agent that was cut off',
      'agent_revoked',
      async () => {
        await platform.cutOffs.revokeAgent(AGENT_NAME, { at: platform.clock.now() }, []);
        return job();
      },
    ],
  ];
  it.each(withheld)(
    'is withheld %s, both when it is offered and when it is taken',
    async (_of, reason, ask) => {
      const input = await ask();
      const before = records();
      expect(await judge().execute(input)).toEqual({ outcome: 'withheld', reason });
      expect(await accept().execute(input)).toEqual({ outcome: 'withheld', reason });
      expect(platform.tokens.issued).toEqual([]);
      expect(records()).toEqual(before);
    },
  );

  it('is withheld in doubt', async () => {
    const failing = faultsInTurn('before');
    const sessions = withFaults(platform.sessions, failing);
    const agents = withFaults(platform.agents, failing);
    const broken = withFaults(platform.agents, failing, () => new TypeError('a defect'));
    const doubt = { outcome: 'withheld', reason: 'audit_unavailable' };
    expect(await new JudgeOffer({ ...platform, sessions }).execute(job())).toEqual(doubt);
    expect(await new JudgeOffer({ ...platform, agents }).execute(job())).toEqual(doubt);
    expect(await new JudgeOffer({ ...platform, agents: broken }).execute(job())).toEqual({
      outcome: 'withheld',
      reason: 'internal',
    });
  });
});

function unknownRoom(): string {
  return `s-${'f'.repeat(32)}`;
}
