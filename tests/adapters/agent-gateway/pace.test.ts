import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GATEWAY_LIMITS } from '../../../adapters/agent-gateway/gateway-limits.ts';
import { Pace } from '../../../adapters/agent-gateway/pace.ts';

const { burst, messagesPerSecond, burstBytes, bytesPerSecond, maxWorkerBytes } = GATEWAY_LIMITS;

describe('the pace of a worker', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** So many messages of a size at once, and how many of them were taken after each second. */
  const taken = (
    count: number,
    bytes: number,
    seconds: number,
  ): { readonly acts: number[]; readonly after: number[]; readonly waits: boolean[] } => {
    const [acts, waits]: [number[], boolean[]] = [[], []];
    const pace = new Pace(GATEWAY_LIMITS, {
      waiting: (isWaiting) => waits.push(isWaiting),
      overflow: () => expect.unreachable(),
    });
    for (let act = 0; act < count; act += 1) {
      pace.take(bytes, () => acts.push(act));
    }
    const after = [acts.length];
    for (let second = 0; second < seconds; second += 1) {
      vi.advanceTimersByTime(1_000);
      after.push(acts.length);
    }
    pace.stop();
    return { acts, after, waits };
  };

  it('is so many messages at once and then so many a second, while they are small', () => {
    const { after } = taken(burst + 100, 20, 2);
    expect(after).toEqual([burst, burst + messagesPerSecond, burst + 2 * messagesPerSecond]);
  });

  it('is so many bytes at once and then so many a second, while messages are large', () => {
    const { acts, after, waits } = taken(6, maxWorkerBytes, 16);
    const atOnce = burstBytes / maxWorkerBytes;
    const each = maxWorkerBytes / bytesPerSecond;
    expect(after).toEqual(
      Array.from({ length: 17 }, (_, second) => Math.min(6, atOnce + Math.floor(second / each))),
    );
    expect(acts).toEqual([0, 1, 2, 3, 4, 5]);
    expect(waits).toEqual([true, false]);
  });

  it('lets what is small wait behind what is large, in its order', () => {
    const acts: string[] = [];
    const pace = new Pace(GATEWAY_LIMITS, { waiting: () => undefined, overflow: () => expect.unreachable() });
    for (const [name, bytes] of [
      ['first', burstBytes - 1],
      ['large', 2],
      ['small', 0],
    ] as const) {
      pace.take(bytes, () => acts.push(name));
    }
    expect(acts).toEqual(['first']);
    vi.advanceTimersByTime(200);
    expect(acts).toEqual(['first', 'large', 'small']);
    pace.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stands still for nothing: what no bucket holds is taken when the bucket is full', () => {
    expect(taken(1, 3 * burstBytes, 0).acts).toEqual([0]);
    const { after } = taken(2, 3 * burstBytes, 25);
    expect([after.at(23), after.at(25)]).toEqual([1, 2]);
  });
});
