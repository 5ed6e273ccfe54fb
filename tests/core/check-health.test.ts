import { describe, expect, it } from 'vitest';
import { CheckHealth } from '../../core/index.ts';
import { FixedClock } from '../support/fixed-clock.ts';

interface Probed {
  readonly health: CheckHealth;
  readonly clock: FixedClock;
  readonly asked: { livekit: number; database: number };
  readonly answer: { livekit: boolean; database: boolean };
}

function probed({ slowMs = 0 } = {}): Probed {
  const clock = new FixedClock();
  const asked = { livekit: 0, database: 0 };
  const answer = { livekit: true, database: true };
  const probe = (name: 'livekit' | 'database'): { isHealthy: () => Promise<boolean> } => ({
    isHealthy: async () => {
      asked[name] += 1;
      await Promise.resolve();
      clock.advance(name === 'livekit' ? slowMs : 0);
      return answer[name];
    },
  });
  const probes = { livekit: probe('livekit'), database: probe('database') };
  return { health: new CheckHealth({ probes, clock }), clock, asked, answer };
}

describe('CheckHealth', () => {
  it('passes when every dependency does, and says how long each took', async () => {
    const { health } = probed({ slowMs: 40 });
    expect(await health.execute()).toEqual({
      status: 'pass',
      checks: { livekit: { status: 'pass', latencyMs: 40 }, database: { status: 'pass', latencyMs: 40 } },
    });
  });

  it.each(['livekit', 'database'] as const)('fails when %s does, and names it', async (broken) => {
    const { health, answer } = probed();
    answer[broken] = false;
    const { status, checks } = await health.execute();
    expect(status).toBe('fail');
    expect(checks[broken].status).toBe('fail');
    expect(Object.values(checks).filter((check) => check.status === 'fail').length).toBe(1);
  });

  it('asks once for all who ask at once, however long the answer takes', async () => {
    const { health, asked } = probed({ slowMs: 5_000 });
    await Promise.all(Array.from({ length: 50 }, () => health.execute()));
    expect(asked).toEqual({ livekit: 1, database: 1 });
  });

  it('reuses an answer for a second after it was given, and then asks again', async () => {
    const { health, clock, asked, answer } = probed({ slowMs: 1_500 });
    await health.execute();
    clock.advance(999);
    answer.livekit = false;
    expect((await health.execute()).status).toBe('pass');
    expect(asked.livekit).toBe(1);
    clock.advance(1);
    expect((await health.execute()).status).toBe('fail');
    expect(asked.livekit).toBe(2);
  });

  it('reuses a failure no longer than a success', async () => {
    const { health, clock, answer } = probed();
    answer.database = false;
    expect((await health.execute()).status).toBe('fail');
    answer.database = true;
    clock.advance(1_000);
    expect((await health.execute()).status).toBe('pass');
  });

  it('asks again when the clock went back', async () => {
    const { health, clock, asked } = probed();
    await health.execute();
    clock.advance(-3_600_000);
    await health.execute();
    expect(asked.livekit).toBe(2);
  });

  it('takes a probe that rejects, against its promise, for a failure, and is not stuck with it', async () => {
    const clock = new FixedClock();
    let broken = true;
    const isHealthy = (): Promise<boolean> =>
      broken ? Promise.reject(new Error('broken')) : Promise.resolve(true);
    const health = new CheckHealth({ probes: { livekit: { isHealthy }, database: { isHealthy } }, clock });
    expect((await health.execute()).status).toBe('fail');
    broken = false;
    clock.advance(1_000);
    expect((await health.execute()).status).toBe('pass');
  });
});
