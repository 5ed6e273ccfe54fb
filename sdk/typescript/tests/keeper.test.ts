import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NoCredential, RegistrationRefused, RegistrationUnavailable } from '../src/errors.ts';
import { Keeper, type Retry } from '../src/keeper.ts';
import type { Registration } from '../src/registration.ts';
import { ManualClock, settled } from './support/manual-clock.ts';
import { readRegistration, registration } from './support/registrations.ts';

const HOUR_MS = 3_600_000;
const down = (retryAfterMs = 0): RegistrationUnavailable => new RegistrationUnavailable('down', retryAfterMs);

/** A keeper on a clock that stands still, asked by a script: each answer once, then the last one for ever. */
function scripted(...answers: readonly (Registration | Promise<Registration> | Error)[]) {
  const clock = new ManualClock();
  const retries: Retry[] = [];
  const renewed: Registration[] = [];
  const asked: number[] = [];
  const over = new AbortController();
  const parts = {
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0,
    onRetry: (retry: Retry) => void retries.push(retry),
    register: () => {
      const answer = answers[Math.min(asked.push(clock.now()), answers.length) - 1];
      return answer instanceof Error || answer === undefined
        ? Promise.reject(answer ?? new Error('no script'))
        : Promise.resolve(answer);
    },
  };
  const start = (timeoutMs: number): Promise<Keeper> => Keeper.start(parts, timeoutMs, over.signal);
  return {
    clock,
    retries,
    renewed,
    asked,
    over,
    start,
    /** Registered and renewing; `end` is what ended that. */
    run: async (): Promise<{ keeper: Keeper; end: { error?: unknown } }> => {
      const keeper = await start(0);
      const end: { error?: unknown } = {};
      keeper
        .run(over.signal, (newer) => void renewed.push(newer))
        .catch((error: unknown) => {
          end.error = error;
        });
      await settled();
      return { keeper, end };
    },
  };
}

describe('the first registration', () => {
  it('is tried at once, and with no time to wait only once', async () => {
    const { start, asked } = scripted(down());
    await expect(start(0)).rejects.toThrow('not registered in time: down');
    expect(asked).toHaveLength(1);
  });

  it('waits for a platform that is not up yet, for as long as the platform asks', async () => {
    const { start, clock, retries, asked } = scripted(down(), down(7_000), registration());
    const started = start(60_000);
    await clock.advance(7_249);
    expect(asked).toHaveLength(2);
    await clock.advance(1);
    await expect(started).resolves.toBeInstanceOf(Keeper);
    expect(retries).toEqual([
      { reason: 'down', attempt: 1, retryInMs: 250 },
      { reason: 'down', attempt: 2, retryInMs: 7_000 },
    ]);
  });

  it('is given up when the time is over, after a last try', async () => {
    const { start, clock, asked } = scripted(down());
    const started = start(10_000);
    const failure = expect(started).rejects.toThrow(RegistrationUnavailable);
    await clock.advance(10_000);
    await failure;
    expect((asked.at(-1) ?? 0) - (asked[0] ?? 0)).toBe(10_000);
  });

  it('ends at a definite no, and where no credential is found', async () => {
    const refused = new RegistrationRefused('no');
    await expect(scripted(refused).start(60_000)).rejects.toBe(refused);
    const nothing = scripted(new NoCredential('none found')).start(60_000);
    await expect(nothing).rejects.toThrow(RegistrationRefused);
  });
});

describe('a running agent', () => {
  it('is renewed 5 minutes before it expires, again and again', async () => {
    const { run, clock, asked, renewed } = scripted(registration());
    await run();
    await clock.advance(3 * 55 * 60_000);
    expect(renewed).toHaveLength(3);
    expect(asked.map((atMs) => atMs - (asked[0] ?? 0))).toEqual([0, 1, 2, 3].map((n) => n * 55 * 60_000));
  });

  it('that is said to last for a hundred years is renewed once a day: no timer is longer than timers can be', async () => {
    const { run, clock, asked } = scripted(readRegistration(100 * 365 * 24 * HOUR_MS));
    await run();
    expect(clock.nextInMs).toBeLessThan(2 ** 31);
    await clock.advance(24 * HOUR_MS - 1);
    expect(asked).toHaveLength(2);
  });

  it('goes on through an outage, and hears how long that may last', async () => {
    const { run, clock, retries, renewed } = scripted(registration(), down(), down(), registration());
    const { end } = await run();
    await clock.advance(HOUR_MS);
    expect(renewed).toHaveLength(1);
    expect(end.error).toBeUndefined();
    expect(retries[0]).toEqual({ reason: 'down', attempt: 1, retryInMs: 250, expiresInMs: 300_000 });
  });

  it('ends when the registration has expired, after a last try then, and not before', async () => {
    const { run, clock, asked } = scripted(registration(), down());
    const { end } = await run();
    await clock.advance(HOUR_MS - 1);
    expect(end.error).toBeUndefined();
    await clock.advance(1);
    expect(end.error).toBeInstanceOf(RegistrationUnavailable);
    expect(end.error).toMatchObject({ message: 'the registration expired and was not renewed: down' });
    expect((asked.at(-1) ?? 0) - (asked[0] ?? 0)).toBe(HOUR_MS);
  });

  it('ends at a definite no; a credential that is not found then may come back', async () => {
    const revoked = new RegistrationRefused('revoked');
    const { run, clock, retries } = scripted(registration(), new NoCredential('none found'), revoked);
    const { end } = await run();
    await clock.advance(HOUR_MS);
    expect(retries.map(({ reason }) => reason)).toEqual(['none found']);
    expect(end.error).toBe(revoked);
  });

  it('is not renewed as another agent', async () => {
    const { run, clock } = scripted(registration(), registration({ agentName: 'somebody-else' }));
    const { keeper, end } = await run();
    await clock.advance(HOUR_MS);
    expect(end.error).toBeInstanceOf(RegistrationRefused);
    expect(keeper.newest.agentName).not.toBe('somebody-else');
  });

  it('that is told to end does, also while it waits', async () => {
    const { run, clock, over, asked } = scripted(registration(), down());
    const { end } = await run();
    await clock.advance(56 * 60_000);
    over.abort();
    await settled();
    expect(end.error).toBeDefined();
    const before = asked.length;
    await clock.advance(HOUR_MS);
    expect(asked).toHaveLength(before);
  });
});

describe('whoever connects', () => {
  const next = registration({ token: 'next' });

  it('gets the newest token', async () => {
    const { run, clock, over } = scripted(registration({ token: 'first' }), next);
    const { keeper } = await run();
    expect((await keeper.usable(over.signal)).revealToken()).toBe('first');
    await clock.advance(55 * 60_000);
    expect((await keeper.usable(over.signal)).revealToken()).toBe('next');
  });

  it('that is refused makes the agent register again at once, once, and waits for that token', async () => {
    const { run, clock, over, asked } = scripted(registration({ token: 'first' }), down(), next);
    const { keeper } = await run();
    const refused = keeper.newest;
    expect(keeper.rejected(refused)).toBe(true);
    expect(keeper.rejected(refused)).toBe(false);
    const usable = keeper.usable(over.signal);
    await settled();
    expect(asked).toHaveLength(2);
    await clock.advance(250);
    expect((await usable).revealToken()).toBe('next');
    expect(keeper.rejected(refused)).toBe(false);
    await clock.advance(1_000);
    expect(asked).toHaveLength(3);
  });

  it('never gets an expired token: it waits for the next one', async () => {
    const answer: { with?: (late: Registration) => void } = {};
    const late = new Promise<Registration>((resolve) => {
      answer.with = resolve;
    });
    const short = registration({ token: 'first', lifeMs: 9_000 });
    const { run, clock, over } = scripted(short, down(60_000), late);
    const { keeper } = await run();
    await clock.advance(8_999);
    expect((await keeper.usable(over.signal)).revealToken()).toBe('first');
    await clock.advance(1);
    const got: string[] = [];
    const usable = keeper.usable(over.signal).then((usable) => got.push(usable.revealToken()));
    await settled();
    expect(got).toEqual([]);
    answer.with?.(next);
    await usable;
    expect(got).toEqual(['next']);
  });

  it('is told when there is nothing to wait for any more', async () => {
    const { run, over } = scripted(registration(), new Promise<Registration>(() => undefined));
    const { keeper } = await run();
    keeper.rejected(keeper.newest);
    const usable = keeper.usable(over.signal);
    over.abort();
    await expect(usable).rejects.toThrow('abort');
    await expect(keeper.usable(over.signal)).rejects.toThrow('abort');
  });
});

it('whatever the platform answers: expires only without a renewal, ends only with a reason', async () => {
  const answer = fc.oneof(
    fc.integer({ min: 1, max: 120_000 }).map((lifeMs) => registration({ lifeMs })),
    fc.integer({ min: 0, max: 60_000 }).map((retryAfterMs) => down(retryAfterMs)),
    fc.constant(new RegistrationRefused('no')),
  );
  const script = fc.tuple(
    fc.integer({ min: 1, max: 120_000 }),
    fc.array(answer, { minLength: 1, maxLength: 12 }),
  );
  await fc.assert(
    fc.asyncProperty(script, async ([lifeMs, answers]) => {
      const world = scripted(registration({ lifeMs }), ...answers, new RegistrationRefused('the end'));
      const { keeper, end } = await world.run();
      let expiresAtMs = (world.asked[0] ?? 0) + lifeMs;
      for (let step = 0; step < 400 && end.error === undefined; step += 1) {
        const before = keeper.newest;
        await world.clock.advance(world.clock.nextInMs ?? 1);
        if (keeper.newest !== before) {
          const askedAtMs = world.asked.at(-1) ?? 0;
          expect(askedAtMs).toBeLessThanOrEqual(expiresAtMs);
          expiresAtMs = askedAtMs + keeper.newest.lifeMs;
        }
      }
      const isExpiry = end.error instanceof RegistrationUnavailable;
      expect(isExpiry || end.error instanceof RegistrationRefused).toBe(true);
      if (isExpiry) expect(world.asked.at(-1)).toBe(expiresAtMs);
    }),
    { numRuns: 60 },
  );
});
