import fc from 'fast-check';
import { afterEach, describe, expect } from 'vitest';
import type { RateDecision, RateLimit, RateLimiter } from '../../core/index.ts';
import { holds } from '../support/arbitraries.ts';
import { lawsOf, type ContractOptions } from '../support/laws.ts';

export interface RateLimiterSubject {
  readonly limiter: RateLimiter;
  readonly advance: (ms: number) => void;
  readonly close: () => void;
}

export type OpenRateLimiter = (limit: RateLimit & { readonly maxKeys?: number }) => RateLimiterSubject;

const WINDOW_MS = 10_000;

/** What every RateLimiter promises. An adapter's own test file is one call to this. */
export function describeRateLimiter(
  adapter: string,
  openSubject: OpenRateLimiter,
  options?: ContractOptions,
): void {
  describe(`RateLimiter contract: ${adapter}`, () => {
    const law = lawsOf(options);
    const opened: RateLimiterSubject[] = [];
    const open = (requests: number, more: { readonly maxKeys?: number } = {}): RateLimiterSubject => {
      const subject = openSubject({ requests, windowMs: WINDOW_MS, ...more });
      opened.push(subject);
      return subject;
    };
    afterEach(() => {
      for (const { close } of opened.splice(0)) {
        close();
      }
    });

    law('lets exactly as many through as the limit says, however many come at once', () =>
      holds(fc.tuple(fc.nat({ max: 8 }), fc.nat({ max: 20 })), async ([requests, asked]) => {
        const { limiter } = open(requests);
        const outcomes = outcomesOf(await takeAll(limiter, Array<string>(asked).fill('a')));
        const within = Math.min(requests, asked);
        expect(outcomes.filter((outcome) => outcome === 'within')).toHaveLength(within);
        expect(outcomes.slice(within)).toEqual(
          ['exceeded', ...Array<string>(20).fill('still_exceeded')].slice(0, asked - within),
        );
      }),
    );

    law('says when the window ends, and begins another with the next request', async () => {
      const { limiter, advance } = open(1);
      await limiter.take('a');
      advance(4_000);
      expect(await limiter.take('a')).toEqual({ outcome: 'exceeded', retryAfterMs: 6_000 });
      advance(5_999);
      expect(await limiter.take('a')).toEqual({ outcome: 'still_exceeded', retryAfterMs: 1 });
      advance(1);
      expect(outcomesOf(await takeAll(limiter, ['a', 'a', 'a']))).toEqual([
        'within',
        'exceeded',
        'still_exceeded',
      ]);
    });

    law('tells once a window that the limit is exceeded, also in the next one', async () => {
      const { limiter, advance } = open(0);
      for (let window = 0; window < 3; window += 1) {
        const outcomes = outcomesOf(await takeAll(limiter, ['a', 'a', 'a']));
        expect(outcomes).toEqual(['exceeded', 'still_exceeded', 'still_exceeded']);
        advance(WINDOW_MS);
      }
    });

    law('counts each key for itself, whatever it is', () =>
      holds(fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 20 }), async (keys) => {
        const { limiter } = open(1);
        const outcomes = outcomesOf(await takeAll(limiter, [...keys, ...keys]));
        expect(outcomes).toEqual([...keys.map(() => 'within'), ...keys.map(() => 'exceeded')]);
      }),
    );

    law('bounds what a flood of distinct keys gets, and counts those it knows as before', async () => {
      const { limiter, advance } = open(2, { maxKeys: 10 });
      await limiter.take('known');
      const flood = Array.from({ length: 500 }, (_, index) => `key ${index}`);
      const outcomes = outcomesOf(await takeAll(limiter, [...flood, ...flood]));
      expect(outcomes.filter((outcome) => outcome === 'within')).toHaveLength(9 * 2 + 2);
      expect(outcomes.filter((outcome) => outcome === 'exceeded')).toHaveLength(1);
      expect(outcomesOf(await takeAll(limiter, ['known', 'known']))).toEqual(['within', 'exceeded']);
      advance(WINDOW_MS);
      expect(outcomesOf(await takeAll(limiter, ['new', 'new', 'new']))).toEqual([
        'within',
        'within',
        'exceeded',
      ]);
    });
  });
}

function takeAll(limiter: RateLimiter, keys: readonly string[]): Promise<readonly RateDecision[]> {
  return Promise.all(keys.map((key) => limiter.take(key)));
}

function outcomesOf(decisions: readonly RateDecision[]): readonly string[] {
  return decisions.map(({ outcome }) => outcome);
}
