import { describe, expect, it } from 'vitest';
import type { StartedSession } from '../../core/index.ts';
import { AGENT, agentApp, clientApp, CONTEXT, withRegisteredAgent } from '../support/platform-cast.ts';
import { platformOverMemory, type Platform } from '../support/platform-over-memory.ts';

describe('StartSession for a client that has as many sessions open as it may', () => {
  const start = ({ service }: Platform, caller = clientApp): Promise<StartedSession> =>
    service.startSession.execute({ caller, agentClientId: AGENT, context: CONTEXT });

  it('denies one more, on record, and nothing happens at LiveKit', async () => {
    const platform = await withRegisteredAgent(platformOverMemory({ maxOpenSessions: 2 }));
    await start(platform);
    await start(platform);
    await expect(start(platform)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 30_000 });
    expect(platform.rooms.requests.length).toBe(2);
    expect(platform.sessions.sessions.length).toBe(2);
    expect(platform.audit.events.at(-1)).toMatchObject({
      type: 'session.denied',
      outcome: 'denied',
      reason: 'too_many_open_sessions',
      actor: clientApp,
    });
    await start(platform, agentApp);
  });

  it('counts none that was asked for more than twelve hours ago', async () => {
    const platform = await withRegisteredAgent(platformOverMemory({ maxOpenSessions: 1 }));
    await start(platform);
    platform.clock.advance(12 * 3_600_000 + 1);
    await platform.service.registerAgent.execute({ caller: agentApp, context: CONTEXT });
    await start(platform);
    await expect(start(platform)).rejects.toMatchObject({ code: 'rate_limited' });
  });
});
