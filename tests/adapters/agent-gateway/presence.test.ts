import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Presence } from '../../../adapters/agent-gateway/presence.ts';
import type { GatewayLogEntry } from '../../../adapters/agent-gateway/index.ts';
import { agentNameOf, LkpsError, parseClientId, parseConnectionId } from '../../../core/index.ts';
import { freshGateway } from '../../support/worker-cast.ts';

const GUID = '0000000-0000-4000-8000-000000000000';
const [A, B] = [agentNameOf(parseClientId(`a${GUID}`)), agentNameOf(parseClientId(`b${GUID}`))];
const [ONE, TWO] = [parseConnectionId(`1${GUID}`), parseConnectionId(`2${GUID}`)];

describe('presence', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  interface Call {
    readonly online: readonly string[];
    readonly done: () => void;
    readonly fail: () => void;
  }
  /** A registry that answers when a test says so. */
  const begin = (): {
    readonly presence: Presence;
    readonly calls: readonly Call[];
    readonly log: readonly GatewayLogEntry[];
  } => {
    const calls: Call[] = [];
    const log: GatewayLogEntry[] = [];
    const announce = (_: unknown, online: readonly string[]): Promise<void> =>
      new Promise((resolve, reject) => {
        const fail = (): void => {
          reject(new LkpsError('audit_unavailable', 'planted'));
        };
        calls.push({ online, done: resolve, fail });
      });
    const site = { gatewayId: freshGateway() };
    const presence = new Presence({ workers: { announce }, site, log: (entry) => log.push(entry) });
    return { presence, calls, log };
  };
  const passMs = async (ms: number): Promise<void> => {
    await vi.advanceTimersByTimeAsync(ms);
  };
  const answer = async (call: Call | undefined, how: 'done' | 'fail' = 'done'): Promise<void> => {
    call?.[how]();
    await passMs(0);
  };

  it('is announced at once where it changes, one call at a time, and then as it is by then', async () => {
    const { presence, calls } = begin();
    presence.set(A, ONE, true);
    await passMs(0);
    presence.set(A, TWO, true);
    presence.set(B, ONE, true);
    presence.set(B, ONE, false);
    await passMs(1_000);
    expect(calls.map(({ online }) => online)).toEqual([[A]]);
    await answer(calls[0]);
    await passMs(100);
    expect(calls.map(({ online }) => online)).toEqual([[A], [A]]);
    await answer(calls[1]);
    await passMs(100);
    presence.set(A, ONE, false);
    presence.set(A, ONE, false);
    expect(calls).toHaveLength(2);
    presence.set(A, TWO, false);
    await passMs(0);
    expect(calls.at(-1)?.online).toEqual([]);
    await answer(calls[2]);
    await expect(presence.announced()).resolves.toBeUndefined();
  });

  it('that comes and goes is announced ten times a second, and as it is in the end', async () => {
    const { presence, calls } = begin();
    for (let flap = 0; flap < 100; flap += 1) {
      presence.set(A, ONE, flap % 2 === 0);
      await passMs(10);
      calls.at(-1)?.done();
    }
    presence.set(A, ONE, true);
    await passMs(100);
    expect(calls.length).toBeLessThan(13);
    expect(calls.at(-1)?.online).toEqual([A]);
  });

  it('is announced again before it is forgotten, and after a failure', async () => {
    const { presence, calls, log } = begin();
    presence.start(5_000);
    presence.set(A, ONE, true);
    await passMs(0);
    await answer(calls[0], 'fail');
    await passMs(1_000);
    expect(calls.map(({ online }) => online)).toEqual([[A], [A]]);
    expect(log).toEqual([expect.objectContaining({ event: 'presence_not_announced' })]);
    await answer(calls[1]);
    await passMs(4_000);
    expect(calls).toHaveLength(3);
    await answer(calls[2]);
    await passMs(100);
    const stopped = presence.stop();
    presence.set(B, TWO, true);
    await passMs(0);
    await answer(calls[3], 'fail');
    await passMs(1_000);
    await answer(calls[4], 'fail');
    await stopped;
    expect(calls.map(({ online }) => online).slice(3)).toEqual([[], []]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
