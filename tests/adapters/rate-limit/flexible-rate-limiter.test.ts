import { afterEach, describe, expect, it, vi } from 'vitest';
import { FlexibleRateLimiter } from '../../../adapters/rate-limit/index.ts';
import { describeRateLimiter } from '../../contract/rate-limiter.contract.ts';

describeRateLimiter('rate-limiter-flexible', (limit) => {
  vi.useFakeTimers({ now: 1_000_000 });
  return {
    limiter: new FlexibleRateLimiter(limit),
    advance: (ms) => {
      vi.advanceTimersByTime(ms);
    },
    close: () => {
      vi.useRealTimers();
    },
  };
});

describe('FlexibleRateLimiter', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('keeps no process alive', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    await new FlexibleRateLimiter({ requests: 1, windowMs: 60_000 }).take('a');
    const started = timers.mock.results.map(({ value }) => value as NodeJS.Timeout);
    expect(started.map((timer) => timer.hasRef())).toEqual([false]);
    clearTimeout(started[0]);
  });

  it('keeps a bounded memory under a flood of distinct keys, and forgets it with the window', async () => {
    vi.useFakeTimers();
    const limiter = new FlexibleRateLimiter({ requests: 5, windowMs: 10_000, maxKeys: 100 });
    for (let index = 0; index < 5_000; index += 1) {
      await limiter.take(`key ${index}`);
    }
    expect(vi.getTimerCount()).toBeLessThanOrEqual(101);
    vi.advanceTimersByTime(10_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts a shared budget in whole windows too, however the keys come', async () => {
    vi.useFakeTimers();
    const limiter = new FlexibleRateLimiter({ requests: 1, windowMs: 10_000, maxKeys: 1 });
    await limiter.take('known');
    expect(await limiter.take('a')).toEqual({ outcome: 'within' });
    vi.advanceTimersByTime(3_000);
    expect(await limiter.take('b')).toEqual({ outcome: 'exceeded', retryAfterMs: 7_000 });
  });
});
