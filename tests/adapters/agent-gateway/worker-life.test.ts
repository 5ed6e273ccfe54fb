import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WorkerLife } from '../../../adapters/agent-gateway/worker-life.ts';
import { freshPass, inSeconds } from '../../support/worker-cast.ts';
import { agentNameOf, parseClientId } from '../../../core/index.ts';

const HOUR = 3_600;
const AGENT = agentNameOf(parseClientId('a9e00000-0000-4000-8000-00000000000a'));

describe('the life of a connection', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: inSeconds(0) });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** What happens to a connection whose token lives for so long, and when, in seconds of that life. */
  const begin = ({ seconds = HOUR, random = 0 } = {}): {
    readonly life: WorkerLife;
    readonly events: string[];
  } => {
    const events: string[] = [];
    const note = (event: string): void => {
      events.push(`${event} at ${(Date.now() - inSeconds(0).getTime()) / 1000}`);
    };
    const pass = { ...freshPass(AGENT), expiresAt: inSeconds(seconds) };
    const life = new WorkerLife(
      { pass, clock: { now: () => new Date() }, random: () => random },
      {
        plan: note,
        end: () => {
          note('end');
        },
      },
    );
    return { life, events };
  };
  const passSeconds = (seconds: number): void => {
    vi.advanceTimersByTime(seconds * 1000);
  };

  it.each([
    [0, 'renewed at 3540'],
    [0.5, 'renewed at 3450'],
    [1, 'renewed at 3360'],
  ])(
    'with a newer token at hand ends 1 to 4 minutes before its own does, at a moment of its own',
    (random, plan) => {
      const { life, events } = begin({ random });
      life.renewed();
      passSeconds(HOUR + 1);
      expect(events).toEqual([plan, 'end at 3600']);
    },
  );

  it('ends as soon as a newer token is there, once that moment has come', () => {
    const { life, events } = begin();
    passSeconds(3_550);
    life.renewed();
    life.renewed();
    expect(events).toEqual(['renewed at 3550']);
  });

  it('without a newer token ends early enough to settle, and in any case with its token', () => {
    const { events } = begin();
    passSeconds(HOUR + 1);
    expect(events).toEqual(['expired at 3585', 'end at 3600']);
  });

  it('of a short token settles for the tenth part of it', () => {
    const [ended, renewed] = [begin({ seconds: 12 }), begin({ seconds: 12 })];
    renewed.life.renewed();
    passSeconds(13);
    expect(ended.events).toEqual(['expired at 10.8', 'end at 12']);
    expect(renewed.events).toEqual(['renewed at 10.8', 'end at 12']);
  });

  it('of a worker that comes back with the same token near its end lasts for at least half of what is left', () => {
    passSeconds(3_560);
    const late = begin();
    late.life.renewed();
    passSeconds(30);
    const later = begin();
    passSeconds(11);
    expect(late.events).toEqual(['renewed at 3585', 'end at 3600']);
    expect(later.events).toEqual(['expired at 3595', 'end at 3600']);
  });

  it('that is over causes nothing more', () => {
    const { life, events } = begin();
    life.renewed();
    life.stop();
    passSeconds(2 * HOUR);
    expect(events).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
