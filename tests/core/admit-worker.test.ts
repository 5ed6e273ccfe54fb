import { beforeEach, describe, expect, it } from 'vitest';
import {
  AdmitWorker,
  LkpsError,
  UNLIMITED,
  type AdmittedWorker,
  type AgentName,
  type AgentStore,
  type AgentTokenVerifier,
  type RateLimiter,
} from '../../core/index.ts';
import { faultsInTurn, withFaults } from '../support/memory-faults.ts';
import { MemoryRateLimiter } from '../support/memory-rate-limiter.ts';
import { MemoryWorkerRegistry } from '../support/memory-worker-registry.ts';
import { AGENT_NAME, CONTEXT, withRegisteredAgent } from '../support/platform-cast.ts';
import { platformOverMemory, type Platform } from '../support/platform-over-memory.ts';
import { OTHER_AGENT, workerOf } from '../support/offered-job.ts';

describe('a worker', () => {
  let platform: Platform;
  let workers: MemoryWorkerRegistry;
  let opened: string[];
  beforeEach(async () => {
    platform = await withRegisteredAgent(platformOverMemory());
    workers = new MemoryWorkerRegistry(platform);
    opened = [];
  });

  /** Takes `good` for AGENT's token and `other` for one of an agent that never registered. */
  const verifier: AgentTokenVerifier = {
    verify: (token) =>
      Promise.resolve(
        token === 'good' || token === 'other'
          ? {
              outcome: 'verified',
              pass: workerOf(platform, token === 'good' ? AGENT_NAME : OTHER_AGENT).pass,
            }
          : { outcome: 'rejected', reason: 'signature_wrong' },
      ),
  };
  const admit = (
    token: string | undefined,
    over: Partial<ConstructorParameters<typeof AdmitWorker>[0]> = {},
    refusalRows: RateLimiter = UNLIMITED,
  ): Promise<AdmittedWorker<string>> =>
    new AdmitWorker({
      ...{ ...platform, workers, verifier },
      limits: { refusalRows, agentHandshakes: UNLIMITED },
      ...over,
    }).execute({
      token,
      context: CONTEXT,
      connect: ({ agent }) => {
        opened.push(agent);
        return Promise.resolve('upstream');
      },
    });
  const refusals = (): readonly unknown[] =>
    platform.audit.events.filter(({ type }) => type.startsWith('worker.'));

  it('with its agent’s token is let in as that agent, and is on record', async () => {
    const { worker, upstream } = await admit('good');
    expect(upstream).toBe('upstream');
    expect(opened).toEqual([AGENT_NAME]);
    expect(worker.pass.agent).toBe(AGENT_NAME);
    expect(platform.audit.events.at(-1)).toMatchObject({
      type: 'worker.admitted',
      outcome: 'allowed',
      agent: AGENT_NAME,
      requestId: CONTEXT.requestId,
      sourceIp: CONTEXT.sourceIp,
      token: { tokenId: worker.pass.tokenId, expiresAt: worker.pass.expiresAt, signingKeyId: 'agents' },
      details: { connection_id: worker.connectionId },
    });
  });

  it('that comes with the same token once more leaves the one before no place', async () => {
    const [first, second] = [await admit('good'), await admit('good')];
    const due = await workers.due([first.worker, second.worker]);
    expect([...due]).toEqual([[first.worker.connectionId, 'replaced']]);
  });

  const refused: readonly (readonly [string, string | undefined, string, string])[] = [
    ['without a token', undefined, 'unauthenticated', 'token_missing'],
    ['with a token that is not good', 'bad', 'unauthenticated', 'signature_wrong'],
    ['of an agent that this region never saw', 'other', 'unauthenticated', 'never_registered'],
  ];
  it.each(refused)(
    '%s is refused before anything is opened, and that is on record',
    async (_how, token, code, reason) => {
      await expect(admit(token)).rejects.toMatchObject({ code, message: reason });
      expect(opened).toEqual([]);
      expect(refusals()).toMatchObject([{ type: 'worker.refused', outcome: 'denied', reason }]);
    },
  );

  it('of an agent that was cut off hears why, and gets nothing', async () => {
    await platform.cutOffs.revokeAgent(AGENT_NAME, { at: platform.clock.now() }, []);
    await expect(admit('good')).rejects.toHaveProperty('code', 'agent_revoked');
    expect(opened).toEqual([]);
    expect(refusals()).toMatchObject([
      { type: 'worker.refused', reason: 'agent_revoked', agent: AGENT_NAME },
    ]);
  });

  it('is not let in while LiveKit is not there, and no row says it was', async () => {
    const unreachable = new LkpsError('livekit_unavailable', 'refused');
    const limits = { refusalRows: UNLIMITED, agentHandshakes: UNLIMITED };
    const admitting = new AdmitWorker({ ...platform, workers, verifier, limits });
    const connect = (): Promise<never> => Promise.reject(unreachable);
    await expect(admitting.execute({ token: 'good', context: CONTEXT, connect })).rejects.toBe(unreachable);
    expect(refusals()).toEqual([]);
  });

  it.each(['workers', 'agents'] as const)('is not let in while %s cannot be asked', async (port) => {
    const failing = faultsInTurn('before');
    const over =
      port === 'workers'
        ? { workers: withFaults<Pick<MemoryWorkerRegistry, 'admit'>>(workers, failing) }
        : { agents: withFaults(platform.agents, failing) };
    await expect(admit('good', over)).rejects.toHaveProperty('code', 'audit_unavailable');
    expect(refusals()).toEqual([]);
  });

  describe('of an agent that was cut off and restored', () => {
    const issuedAt = (at: string): AgentTokenVerifier => ({
      verify: () =>
        Promise.resolve({
          outcome: 'verified',
          pass: { ...workerOf(platform).pass, issuedAt: new Date(at) },
        }),
    });
    beforeEach(async () => {
      await platform.cutOffs.revokeAgent(AGENT_NAME, { at: new Date('2026-01-15T12:00:05.600Z') }, []);
      await platform.cutOffs.restoreAgent(AGENT_NAME, []);
    });

    it('is not let in with a token from before', async () => {
      const asked = admit('stolen', { verifier: issuedAt('2026-01-15T12:00:04.000Z') });
      const reason = 'token_from_before_revocation';
      await expect(asked).rejects.toMatchObject({ code: 'unauthenticated', message: reason });
      expect(opened).toEqual([]);
      expect(refusals()).toMatchObject([
        { type: 'worker.refused', outcome: 'denied', reason, agent: AGENT_NAME },
      ]);
    });

    it('is let in with a token from after, be it of the same second', async () => {
      await admit('new', { verifier: issuedAt('2026-01-15T12:00:05.000Z') });
      expect(opened).toEqual([AGENT_NAME]);
    });

    it('fills no trail with a token from before', async () => {
      const rows = new MemoryRateLimiter({ requests: 2, windowMs: 60_000 }, platform.clock);
      for (let attempt = 0; attempt < 6; attempt += 1) {
        const asked = admit('stolen', { verifier: issuedAt('2026-01-15T12:00:04.000Z') }, rows);
        await expect(asked).rejects.toHaveProperty('code', 'unauthenticated');
      }
      expect(refusals()).toHaveLength(3);
    });
  });

  describe('that comes back more often than its agent may', () => {
    let limits: Record<'refusalRows' | 'agentHandshakes', RateLimiter>;
    let asked: AgentName[];
    const limited = (token: string): Promise<AdmittedWorker<string>> => {
      const agents: Pick<AgentStore, 'find'> = {
        find: (name) => {
          asked.push(name);
          return platform.agents.find(name);
        },
      };
      return admit(token, { limits, agents });
    };
    beforeEach(() => {
      const agentHandshakes = new MemoryRateLimiter({ requests: 3, windowMs: 60_000 }, platform.clock);
      limits = { refusalRows: UNLIMITED, agentHandshakes };
      asked = [];
    });

    it('is told when to come, with nothing opened, nobody asked, and one row a window', async () => {
      for (let window = 1; window <= 2; window += 1) {
        opened = [];
        asked = [];
        await Promise.all([limited('good'), limited('good'), limited('good')]);
        platform.clock.advance(20_000);
        const over = await Promise.allSettled(Array.from({ length: 20 }, () => limited('good')));
        for (const refused of over) {
          expect(refused).toMatchObject({ reason: { code: 'rate_limited', retryAfterMs: 40_000 } });
        }
        expect([opened.length, asked.length]).toEqual([3, 3]);
        expect(refusals()).toHaveLength(window * (3 + 1));
        expect(refusals().at(-1)).toMatchObject({
          type: 'worker.refused',
          outcome: 'denied',
          reason: 'agent_rate_limited',
          agent: AGENT_NAME,
        });
        platform.clock.advance(40_000);
      }
    });

    it('takes nothing from another agent, nor from those who prove nothing', async () => {
      await Promise.allSettled(Array.from({ length: 20 }, () => limited('good')));
      await expect(limited('other')).rejects.toHaveProperty('message', 'never_registered');
      await expect(limited('bad')).rejects.toHaveProperty('message', 'signature_wrong');
    });

    it('is as bounded with a token of an agent that was cut off', async () => {
      await platform.cutOffs.revokeAgent(AGENT_NAME, { at: platform.clock.now() }, []);
      for (let attempt = 1; attempt <= 20; attempt += 1) {
        const code = attempt <= 3 ? 'agent_revoked' : 'rate_limited';
        await expect(limited('good')).rejects.toHaveProperty('code', code);
      }
      expect(asked).toHaveLength(3);
      expect(refusals()).toHaveLength(3 + 1);
    });
  });

  it('that is refused again and again fills no trail', async () => {
    const rows = new MemoryRateLimiter({ requests: 2, windowMs: 60_000 }, platform.clock);
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await expect(admit('bad', {}, rows)).rejects.toHaveProperty('code', 'unauthenticated');
      await expect(admit('other', {}, rows)).rejects.toHaveProperty('code', 'unauthenticated');
    }
    const reasons = platform.audit.events
      .filter(({ type }) => type === 'worker.refused')
      .map(({ reason }) => reason);
    expect(reasons.toSorted()).toEqual([
      'never_registered',
      'never_registered',
      'refusals_left_out',
      'refusals_left_out',
      'signature_wrong',
      'signature_wrong',
    ]);
  });
});
