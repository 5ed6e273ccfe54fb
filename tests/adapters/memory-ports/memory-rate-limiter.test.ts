import { describeRateLimiter } from '../../contract/rate-limiter.contract.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { MemoryRateLimiter } from '../../support/memory-rate-limiter.ts';

describeRateLimiter('memory', (limit) => {
  const clock = new FixedClock();
  return {
    limiter: new MemoryRateLimiter(limit, clock),
    advance: (ms) => {
      clock.advance(ms);
    },
    close: () => undefined,
  };
});
