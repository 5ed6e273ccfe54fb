import { setTimeout as delay } from 'node:timers/promises';
import { initializeLogger, log } from '@livekit/agents';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { AgentServer, cli } from '../src/around.ts';
import { hearingLosses, lossOf, ReconnectPace, type Loss } from '../src/connection.ts';
import { firstLine, quoted } from '../src/redacted.ts';

const PLANNED: Loss = { kind: 'planned', reason: 'closed with 1012 renewed' };
const LOST: Loss = { kind: 'lost', reason: 'ECONNREFUSED' };

/** As upstream says that the gateway closed. */
function closed(code: number, reason: string): Error {
  return Object.assign(new Error('worker connection closed unexpectedly'), { body: { code, reason } });
}

describe('why a connection is over', () => {
  it.each([
    ['a renewal', closed(1012, 'renewed'), PLANNED],
    ['LiveKit gone', closed(1013, 'livekit_gone'), { ...LOST, reason: 'closed with 1013 livekit_gone' }],
    ['a breach', closed(1008, 'replaced'), { kind: 'refused', reason: 'closed with 1008 replaced' }],
    [
      "a breach, said with what is nobody's to read",
      closed(1008, 'no eyJhbGciOiJIUzI1NiJ9.eyJzdWIi\u001b[2J'),
      { kind: 'refused', reason: 'closed with 1008 no [redacted] [2J' },
    ],
    ['a cut', closed(1006, ''), { ...LOST, reason: 'closed with 1006' }],
    [
      'a token that is not accepted',
      new Error('Unexpected server response: 401'),
      { kind: 'refused', reason: 'the gateway answered HTTP 401' },
    ],
    [
      'a gateway without LiveKit',
      new Error('Unexpected server response: 503'),
      { ...LOST, reason: 'the gateway answered HTTP 503' },
    ],
    ['nobody there', Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }), LOST],
  ])('%s', (_, error, loss) => {
    expect(lossOf(error)).toEqual(loss);
  });
});

describe('the pace of coming back', () => {
  const paceAt = (clock: { ms: number }): ReconnectPace =>
    new ReconnectPace({ now: () => clock.ms, random: () => 1 });

  it('is at once after a connection that was closed in good order', () => {
    const clock = { ms: 0 };
    const pace = paceAt(clock);
    pace.connected();
    clock.ms = 60_000;
    expect(pace.lost(PLANNED)).toEqual({ attempt: 1, retryInMs: 0 });
  });

  it('gets slower while no connection lasts, however it was closed, and has a bound', () => {
    const pace = paceAt({ ms: 0 });
    const waits = [LOST, PLANNED, LOST, PLANNED, LOST, LOST].map((loss) => {
      pace.connected();
      return pace.lost(loss).retryInMs;
    });
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000]);
  });

  it('starts anew after a connection that lasted', () => {
    const clock = { ms: 0 };
    const pace = paceAt(clock);
    for (let times = 0; times < 5; times += 1) pace.lost(LOST);
    pace.connected();
    clock.ms = 1_000;
    expect(pace.lost(LOST)).toEqual({ attempt: 1, retryInMs: 500 });
  });
});

describe("in place of upstream's warning", () => {
  beforeAll(() => {
    initializeLogger({ pretty: false, level: 'silent' });
  });
  const fields = { error: closed(1012, 'renewed'), retry_count: 1, max_retry: 9 };

  it('the loss is told, and the timer set right after waits for the answer and not for its time', async () => {
    const heard: Loss[] = [];
    const answer: { resume?: () => void } = {};
    const logger = hearingLosses(
      () => log().child({ version: '1' }),
      (loss) => {
        heard.push(loss);
        return new Promise((resolve) => {
          answer.resume = resolve;
        });
      },
    );
    logger.warn(fields, 'failed to connect to LiveKit server');
    const over = { is: false };
    setTimeout(() => {
      over.is = true;
    }, 3_600_000);
    expect(heard).toEqual([PLANNED]);
    await delay(5);
    expect(over.is).toBe(false);
    answer.resume?.();
    await delay(5);
    expect(over.is).toBe(true);
  });

  it('of an error of its socket nothing is said: the loss that follows says why', () => {
    const said: unknown[] = [];
    const child = { warn: () => undefined, error: (...line: unknown[]) => void said.push(line) };
    Reflect.set(log(), 'child', () => child);
    const logger = hearingLosses(
      () => log().child({}),
      () => Promise.resolve(),
    );
    const other = [{ error: new Error('other') }, 'failed'] as const;
    logger.error('worker error:', 'Max payload size exceeded');
    logger.error(...other);
    expect(said).toEqual([other]);
  });

  it('no other timer, no other line and no other logger is touched', async () => {
    const { setTimeout: original } = globalThis;
    const heard: Loss[] = [];
    const lost = (loss: Loss): Promise<void> => {
      heard.push(loss);
      return Promise.resolve();
    };
    const logger = hearingLosses(() => log().child({}), lost);
    logger.warn({ error: new Error('other') }, 'failed to measure CPU load');
    log().child({}).warn(fields, 'of somebody else');
    expect(heard).toEqual([]);
    expect(globalThis.setTimeout).toBe(original);
    logger.warn(fields, 'failed to connect to LiveKit server');
    await Promise.resolve();
    expect(globalThis.setTimeout).toBe(original);
  });
});

it('what of upstream would go around the platform says what to write in its place, and ends with that', () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${String(code)}`);
  });
  const error = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(() => cli.runApp()).toThrow('exit 78');
  expect(String(error.mock.calls[0]?.[0])).toContain(
    'cli.runApp() needs a LiveKit API key: write new Worker({ agent: fileURLToPath(import.meta.url) }).run()',
  );
  exit.mockRestore();
  error.mockRestore();
  const Server = AgentServer as unknown as new () => unknown;
  expect(() => new Server()).toThrow('new AgentServer() needs a LiveKit API key');
});

it('a line of somebody else shows no token, and no second line', () => {
  expect(firstLine(new Error('no aaaaaaaaaa.bbbbbbbbbb.cccc\nmore'))).toBe('no [redacted]');
});

it('a line of somebody else shows nothing of a password with an @ in it, nor of a secret that has another within it', () => {
  expect(firstLine(new Error('no http://user:p@ss@proxy.example'))).toBe(
    'no http://[redacted]@proxy.example',
  );
  expect(quoted('no planted-secret', ['planted', 'planted-secret'])).toBe('no [redacted]');
});
