import { describe, expect, it } from 'vitest';
import { AGENT, clientApp, CONTEXT, strangerApp, withRegisteredAgent } from '../support/platform-cast.ts';
import { failingAt, type PortFaults } from '../support/platform-faults.ts';
import { platformOverMemory, type Platform } from '../support/platform-over-memory.ts';

/** A platform with a registered agent, of which afterwards one port's method fails. */
async function failing(...[call, fault]: Parameters<typeof failingAt>): Promise<Platform> {
  let armed = false;
  const outage = failingAt(call, fault);
  const next: PortFaults['next'] = (...at) => (armed ? outage.next(...at) : 'none');
  const platform = await withRegisteredAgent(platformOverMemory({ faults: { next } }));
  armed = true;
  return platform;
}

const input = { caller: clientApp, agentClientId: AGENT, context: CONTEXT };

describe('StartSession, when a port fails', () => {
  it.each(['before', 'after'] as const)(
    'starts nothing at LiveKit when the intent fails %s it is durable',
    async (fault) => {
      const { service, rooms, tokens } = await failing('sessions.open', fault);
      await expect(service.startSession.execute(input)).rejects.toMatchObject({ code: 'audit_unavailable' });
      expect(rooms.requests).toEqual([]);
      expect(tokens.issued.length).toBe(1); // the agent's
    },
  );

  it.each(['before', 'after'] as const)(
    'gives no token when the grant fails %s it is durable',
    async (fault) => {
      const { service, audit } = await failing('sessions.grant', fault);
      await expect(service.startSession.execute(input)).rejects.toMatchObject({ code: 'audit_unavailable' });
      const granted = audit.events.filter(({ type }) => type === 'session.granted');
      expect(granted.length).toBe(fault === 'after' ? 1 : 0);
    },
  );

  it('gives no token when the store no longer knows the session', async () => {
    const platform = await withRegisteredAgent(
      platformOverMemory({
        replace: ({ sessions }) => ({
          sessions: {
            open: (intent, audit) => sessions.open(intent, audit),
            find: (key) => sessions.find(key),
            record: () => Promise.resolve('unknown_session'),
            grant: () => Promise.resolve('unknown_session'),
          },
        }),
      }),
    );
    const asked = platform.service.startSession.execute(input);
    await expect(asked).rejects.toMatchObject({ code: 'audit_unavailable' });
    expect(platform.audit.events.map(({ type }) => type)).not.toContain('session.granted');
  });

  it('closes the session on record when its token cannot be signed', async () => {
    const { service, sessions, audit } = await failing('tokens.issue', 'before');
    await expect(service.startSession.execute(input)).rejects.toThrow('planted defect');
    expect(sessions.sessions).toMatchObject([{ state: 'failed' }]);
    expect(audit.events.at(-1)).toMatchObject({
      type: 'session.failed',
      outcome: 'error',
      reason: 'internal',
    });
  });

  it('denies, with a reason that a retry can mend, while nobody can say who may reach the agent', async () => {
    const { service, rooms, sessions, audit } = await failing('directory.findPreAuthorization', 'before');
    await expect(service.startSession.execute(input)).rejects.toMatchObject({
      code: 'authorization_unavailable',
    });
    expect(rooms.requests).toEqual([]);
    expect(sessions.sessions).toEqual([]);
    expect(audit.events.at(-1)).toMatchObject({
      type: 'session.denied',
      outcome: 'error',
      reason: 'authorization_unavailable',
    });
  });

  it('starts nothing while the registry cannot be read', async () => {
    const { service, rooms, sessions } = await failing('agents.find', 'before');
    await expect(service.startSession.execute(input)).rejects.toMatchObject({ code: 'audit_unavailable' });
    expect(rooms.requests).toEqual([]);
    expect(sessions.sessions).toEqual([]);
  });

  it('denies nobody without its record, and still starts nothing', async () => {
    const { service, rooms, sessions } = await failing('audit.append', 'before');
    const asked = service.startSession.execute({ ...input, caller: strangerApp });
    await expect(asked).rejects.toMatchObject({ code: 'audit_unavailable' });
    expect(rooms.requests).toEqual([]);
    expect(sessions.sessions).toEqual([]);
  });
});
