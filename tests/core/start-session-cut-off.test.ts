import { describe, expect, it } from 'vitest';
import { agentNameOf, BlockClient, EndSessions, RevokeAgent } from '../../core/index.ts';
import { MemoryOperatorView } from '../support/memory-operator-view.ts';
import {
  ada,
  ADA,
  AGENT,
  AGENT_NAME,
  agentApp,
  CLIENT,
  clientApp,
  CONTEXT,
  withRegisteredAgent,
} from '../support/platform-cast.ts';
import { platformOverMemory, type Platform } from '../support/platform-over-memory.ts';
import { traceOf } from '../support/platform-trace.ts';

const input = { caller: clientApp, agentClientId: AGENT, context: CONTEXT };
const AT = { at: new Date('2026-01-01T00:00:00.000Z') };

describe('StartSession, of what is cut off', () => {
  it('tells the client of a revoked agent what it tells of one that is not there, and asks no directory', async () => {
    const platform = await withRegisteredAgent(platformOverMemory());
    await platform.cutOffs.revokeAgent(AGENT_NAME, AT, []);
    const before = traceOf(platform);
    await expect(platform.service.startSession.execute(input)).rejects.toMatchObject({
      code: 'agent_not_registered',
    });
    expect(traceOf(platform)).toEqual({ ...before, denials: 1 });
    expect(platform.audit.events.at(-1)).toMatchObject({ type: 'session.denied', reason: 'agent_revoked' });
  });

  it.each([clientApp, ada])('refuses a blocked client, and whoever is behind it: $kind', async (caller) => {
    const platform = await withRegisteredAgent(
      platformOverMemory({
        replace: () => ({
          directory: {
            findPreAuthorization: () => Promise.reject(new Error('asked')),
            findServicePrincipalId: () => Promise.reject(new Error('asked')),
          },
        }),
      }),
    );
    await platform.cutOffs.blockClient(CLIENT, AT, []);
    const before = traceOf(platform);
    await expect(platform.service.startSession.execute({ ...input, caller })).rejects.toMatchObject({
      code: 'client_not_authorized',
    });
    expect(traceOf(platform)).toEqual({ ...before, denials: 1 });
    expect(platform.audit.events.at(-1)).toMatchObject({ type: 'session.denied', reason: 'client_blocked' });
  });

  it.each([
    ['revoke', 'agent_not_registered', 'agent_revoked'],
    ['block', 'client_not_authorized', 'client_blocked'],
    ['end', 'livekit_unavailable', 'session_over'],
  ] as const)(
    'whose %s comes while the room is made gives no token and closes the room',
    async (act, code, reason) => {
      const platform = await meanwhile((running) => cutOff(running, act));
      await expect(platform.service.startSession.execute(input)).rejects.toMatchObject({ code });
      const [session] = platform.sessions.sessions;
      expect(session).toMatchObject({ state: 'failed' });
      expect(platform.rooms.rooms).toEqual([]);
      expect(platform.rooms.deletions).toContain(session?.intent.room);
      const types = platform.audit.events.map(({ type }) => type);
      expect(types).not.toContain('session.granted');
      expect(platform.audit.events.at(-1)).toMatchObject({
        type: 'session.denied',
        outcome: 'denied',
        reason,
      });
    },
  );

  it('is refused the same where its room cannot be closed now: nobody has a token for it', async () => {
    const platform = await meanwhile(async ({ cutOffs, rooms }) => {
      await cutOffs.revokeAgent(AGENT_NAME, AT, []);
      rooms.fault = 'before';
    });
    await expect(platform.service.startSession.execute(input)).rejects.toMatchObject({
      code: 'agent_not_registered',
    });
    expect(platform.sessions.sessions).toMatchObject([{ state: 'failed' }]);
  });
});

describe('RegisterAgent, of a revoked agent', () => {
  it('refuses, says so to the agent itself, and records nothing but that', async () => {
    const platform = await withRegisteredAgent(platformOverMemory());
    await platform.cutOffs.revokeAgent(AGENT_NAME, AT, []);
    const rows = platform.audit.events.length;
    const known = await platform.agents.find(AGENT_NAME);
    platform.clock.advance(1000);
    const asked = platform.service.registerAgent.execute({ caller: agentApp, context: CONTEXT });
    await expect(asked).rejects.toMatchObject({ code: 'agent_revoked' });
    expect(await platform.agents.find(AGENT_NAME)).toEqual(known);
    expect(platform.audit.events.slice(rows)).toMatchObject([
      { type: 'agent.registration_denied', outcome: 'denied', reason: 'agent_revoked', actor: agentApp },
    ]);
  });
});

describe('RegisterAgent, of a personal agent', () => {
  it.each([AGENT_NAME, agentNameOf(AGENT, ADA)])(
    'is refused by the revocation of %s, under its own name',
    async (name) => {
      const platform = platformOverMemory({ rules: { userAgents: 'allow' } });
      await platform.cutOffs.revokeAgent(name, AT, []);
      const caller = { ...ada, clientId: AGENT };
      const asked = platform.service.registerAgent.execute({ caller, context: CONTEXT });
      await expect(asked).rejects.toMatchObject({ code: 'agent_revoked' });
      expect(platform.audit.events).toMatchObject([
        { agent: agentNameOf(AGENT, ADA), reason: 'agent_revoked' },
      ]);
    },
  );
});

describe('EndSessions', () => {
  it('records the act before the change it made, without the caller as its actor', async () => {
    const platform = await withRegisteredAgent(platformOverMemory());
    const { sessionId } = await platform.service.startSession.execute(input);
    await endOf(platform).execute({ which: { sessionId }, cause: 'session_ended' });
    const [act, change] = platform.audit.events.slice(-2);
    expect(act).toMatchObject({
      type: 'session.ended_by_operator',
      details: { by: 'operator', cause: 'session_ended' },
    });
    expect(act).not.toHaveProperty('actor');
    expect(change).toMatchObject({
      type: 'session.transition',
      details: { from: 'created', to: 'ended', end_reason: 'revoked' },
    });
  });

  it('leaves a session open on record while its room could not be closed', async () => {
    const platform = await withRegisteredAgent(platformOverMemory());
    const { sessionId } = await platform.service.startSession.execute(input);
    platform.rooms.fault = 'before';
    const ended = await endOf(platform).execute({ which: { agent: AGENT_NAME }, cause: 'agent_revoked' });
    expect(ended).toEqual([{ sessionId, outcome: 'failed', code: 'livekit_unavailable' }]);
    expect(platform.sessions.sessions).toMatchObject([{ state: 'created' }]);
  });

  it('ends every one of more sessions than a page holds', async () => {
    const platform = await withRegisteredAgent(platformOverMemory());
    for (let count = 0; count < 405; count += 1) {
      await platform.service.startSession.execute(input);
    }
    const ended = await endOf(platform).execute({ which: { client: CLIENT }, cause: 'client_blocked' });
    expect(ended.filter(({ outcome }) => outcome === 'ended').length).toBe(405);
    expect(platform.rooms.rooms).toEqual([]);
  });
});

/** A platform where something happens between CreateRoom and its answer. */
async function meanwhile(happens: (platform: Platform) => Promise<unknown>): Promise<Platform> {
  const platform: Platform = await withRegisteredAgent(
    platformOverMemory({
      replace: ({ rooms }) => ({
        rooms: {
          createRoom: async (request) => {
            const life = await rooms.createRoom(request);
            await happens(platform);
            return life;
          },
          deleteRoom: (room) => rooms.deleteRoom(room),
        },
      }),
    }),
  );
  return platform;
}

async function cutOff(platform: Platform, act: 'revoke' | 'block' | 'end'): Promise<void> {
  const { cutOffs, clock, journal } = platform;
  switch (act) {
    case 'revoke':
      await new RevokeAgent({ cutOffs, clock, journal }).execute({ agent: AGENT_NAME, sessions: 'kept' });
      break;
    case 'block':
      await new BlockClient({ cutOffs, clock, journal }).execute({ client: CLIENT, sessions: 'kept' });
      break;
    case 'end':
      await endOf(platform).execute({ which: { agent: AGENT_NAME }, cause: 'session_ended' });
      break;
  }
}

function endOf(platform: Platform): EndSessions {
  return new EndSessions({ ...platform, view: new MemoryOperatorView(platform) });
}
