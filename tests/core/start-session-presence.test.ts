import { describe, expect, it } from 'vitest';
import { agentIdentity, agentNameOf, parseTokenTtlSeconds, StartSession } from '../../core/index.ts';
import {
  ada,
  ADA,
  AGENT,
  AGENT_NAME,
  CLIENT,
  clientApp,
  CONTEXT,
  strangerApp,
  withRegisteredAgent,
} from '../support/platform-cast.ts';
import { failingAt, type PortFaults } from '../support/platform-faults.ts';
import { platformOverMemory, type Platform } from '../support/platform-over-memory.ts';
import { traceOf } from '../support/platform-trace.ts';
import { freshGateway } from '../support/worker-cast.ts';

const input = { caller: clientApp, agentClientId: AGENT, context: CONTEXT };
const AT = { at: new Date('2026-01-01T00:00:00.000Z') };

/** A platform with its agent registered, whose calls then fail as told. */
async function failing(...call: Parameters<typeof failingAt>): Promise<Platform> {
  let armed = false;
  const next: PortFaults['next'] = (...at) => (armed ? failingAt(...call).next(...at) : 'none');
  const platform = await withRegisteredAgent(platformOverMemory({ faults: { next } }));
  armed = true;
  return platform;
}

describe('StartSession, of an agent without a worker', () => {
  it('says that it is not there now and when to ask again: no intent, no room, no token, one row', async () => {
    const platform = await withRegisteredAgent(platformOverMemory());
    platform.workers.takeOffline(AGENT_NAME);
    const { changes } = traceOf(platform);
    await expect(platform.service.startSession.execute(input)).rejects.toMatchObject({
      code: 'agent_unavailable',
      message: 'no_worker_online',
      retryAfterMs: 5_000,
    });
    expect(traceOf(platform).changes).toEqual({ ...changes, otherRows: changes.otherRows + 1 });
    expect(platform.audit.events.at(-1)).toMatchObject({
      type: 'session.denied',
      outcome: 'error',
      reason: 'no_worker_online',
      actor: clientApp,
      agent: AGENT_NAME,
      authorization: { rule: 'pre_authorized' },
      requestId: CONTEXT.requestId,
    });
  });

  it('starts again as soon as a gateway announces one, and until it is believed no more', async () => {
    const platform = await withRegisteredAgent(platformOverMemory());
    platform.workers.takeOffline(AGENT_NAME);
    const start = (): Promise<unknown> => platform.service.startSession.execute(input);
    await expect(start()).rejects.toMatchObject({ code: 'agent_unavailable' });
    await platform.workers.announce(freshGateway(), [AGENT_NAME]);
    await start();
    platform.clock.advance(15_000);
    await expect(start()).rejects.toMatchObject({ code: 'agent_unavailable' });
    expect(platform.rooms.requests.length).toBe(1);
  });

  it("tells the user's own agent from the application's", async () => {
    const platform = platformOverMemory({ rules: { userAgents: 'allow' } });
    const registeredAt = platform.clock.now();
    const expiresAt = new Date(registeredAt.getTime() + 3_600_000);
    for (const userId of [ADA, undefined]) {
      const agent = { ...agentIdentity(CLIENT, userId), clientAuthorization: 'required' as const };
      await platform.agents.register({ ...agent, registeredAt, expiresAt }, []);
    }
    platform.workers.takeOffline(agentNameOf(CLIENT, ADA));
    const start = (caller: typeof ada): Promise<unknown> =>
      platform.service.startSession.execute({ caller, agentClientId: CLIENT, context: CONTEXT });
    await expect(start(ada)).rejects.toMatchObject({ code: 'agent_unavailable' });
    expect(platform.audit.events.at(-1)).toMatchObject({ agent: agentNameOf(CLIENT, ADA) });
    await start(clientApp);
    expect(platform.rooms.requests).toMatchObject([{ agent: CLIENT }]);
  });

  it('asks nobody where no gateway tells who is online', async () => {
    const platform = await withRegisteredAgent(platformOverMemory());
    const { agents, cutOffs, audit, directory, sessions, rooms, tokens, clock, ids, journal } = platform;
    const startSession = new StartSession({
      ...{ agents, cutOffs, audit, directory, sessions, rooms, tokens, clock, ids, journal },
      tokenTtlMs: parseTokenTtlSeconds(3600),
      maxOpenSessions: 10,
      rules: { clientAuthorization: 'always', userAgents: 'deny' },
    });
    expect(await startSession.execute(input)).toMatchObject({ identity: `app-${CLIENT}` });
  });
});

describe('whether a worker of an agent is online', () => {
  it.each<[string, Partial<typeof input>, (platform: Platform) => unknown, string]>([
    ['whom it does not list', { caller: strangerApp }, () => undefined, 'client_not_authorized'],
    ['who is blocked', {}, ({ cutOffs }) => cutOffs.blockClient(CLIENT, AT, []), 'client_not_authorized'],
    [
      'once it is revoked',
      {},
      ({ cutOffs }) => cutOffs.revokeAgent(AGENT_NAME, AT, []),
      'agent_not_registered',
    ],
    [
      'once it has expired',
      {},
      ({ clock }) => {
        clock.advance(3_600_000);
      },
      'agent_not_registered',
    ],
  ])('is not even asked for a client %s', async (_, asked, happens, code) => {
    const calls: string[] = [];
    const next: PortFaults['next'] = (...call) => {
      calls.push(call.join('.'));
      return 'none';
    };
    const platform = await withRegisteredAgent(platformOverMemory({ faults: { next } }));
    platform.workers.takeOffline(AGENT_NAME);
    await happens(platform);
    const start = platform.service.startSession.execute({ ...input, ...asked });
    await expect(start).rejects.toMatchObject({ code });
    expect(calls).toContain('agents.find');
    expect(calls).not.toContain('workers.isOnline');
  });

  it.each(['before', 'after'] as const)('starts nothing while it cannot be known (%s)', async (fault) => {
    const platform = await failing('workers.isOnline', fault);
    const before = traceOf(platform);
    const asked = platform.service.startSession.execute(input);
    await expect(asked).rejects.toMatchObject({ code: 'audit_unavailable' });
    expect(traceOf(platform)).toEqual(before);
  });

  it('is not told without its record', async () => {
    const platform = await failing('audit.append', 'before');
    platform.workers.takeOffline(AGENT_NAME);
    const before = traceOf(platform);
    const asked = platform.service.startSession.execute(input);
    await expect(asked).rejects.toMatchObject({ code: 'audit_unavailable' });
    expect(traceOf(platform)).toEqual(before);
  });
});
