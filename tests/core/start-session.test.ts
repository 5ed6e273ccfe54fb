import { beforeEach, describe, expect, it } from 'vitest';
import type { ClientId, Principal, StartedSession } from '../../core/index.ts';
import {
  ada,
  ADA,
  AGENT,
  agentApp,
  CLIENT,
  clientApp,
  CONTEXT,
  strangerApp,
  UNKNOWN,
  withRegisteredAgent,
} from '../support/platform-cast.ts';
import { platformOverMemory, type Platform } from '../support/platform-over-memory.ts';

describe('StartSession', () => {
  let platform: Platform;
  beforeEach(async () => {
    platform = await withRegisteredAgent(platformOverMemory());
  });

  const start = (caller: Principal, agentClientId: ClientId = AGENT): Promise<StartedSession> =>
    platform.service.startSession.execute({ caller, agentClientId, context: CONTEXT });

  it('opens a room with the agent in it and gives the caller its one seat', async () => {
    const started = await start(ada);
    const { clock, rooms, tokens, sessions } = platform;
    expect(started).toMatchObject({
      identity: `user-${ADA}`,
      expiresAt: new Date(clock.now().getTime() + 3_600_000),
    });
    expect(rooms.requests).toEqual([{ room: started.room, agent: AGENT, requestId: CONTEXT.requestId }]);
    expect(tokens.issued.at(-1)).toMatchObject({ subject: started.identity, grants: { room: started.room } });
    expect(sessions.sessions).toMatchObject([
      {
        intent: {
          sessionId: started.sessionId,
          room: started.room,
          agent: AGENT,
          identity: started.identity,
        },
        state: 'created',
        roomSid: rooms.rooms[0]?.life.sid,
        agentPresence: 'pending',
      },
    ]);
  });

  it('puts request, transition and grant on record, with the evidence and the token as issued', async () => {
    const { sessionId, room } = await start(clientApp);
    const spec = platform.tokens.issued.at(-1);
    const about = { sessionId, room, agent: AGENT, actor: clientApp, requestId: CONTEXT.requestId };
    const authorization = { mode: 'always', rule: 'pre_authorized', source: 'memory' };
    expect(platform.audit.events.slice(1)).toMatchObject([
      { type: 'session.requested', outcome: 'allowed', ...about, authorization, sourceIp: CONTEXT.sourceIp },
      {
        type: 'session.transition',
        outcome: 'allowed',
        ...about,
        details: { from: 'starting', to: 'created' },
      },
      {
        type: 'session.granted',
        outcome: 'allowed',
        ...about,
        authorization,
        roomSid: platform.rooms.rooms[0]?.life.sid,
        token: { grants: spec?.grants, tokenId: spec?.tokenId, expiresAt: spec?.expiresAt },
      },
    ]);
  });

  it('never uses a room twice', async () => {
    const started = [await start(ada), await start(ada), await start(clientApp)];
    expect(new Set(started.map(({ room }) => room)).size).toBe(3);
    expect(new Set(started.map(({ sessionId }) => sessionId)).size).toBe(3);
  });

  it('lets an agent start a session with itself', async () => {
    expect(await start(agentApp)).toMatchObject({ identity: `app-${AGENT}` });
  });

  const denials: readonly (readonly [string, Principal, ClientId, string, string])[] = [
    ['a client the agent does not list', strangerApp, AGENT, 'client_not_authorized', 'not_pre_authorized'],
    ['an agent that never registered', clientApp, UNKNOWN, 'agent_not_registered', 'never_registered'],
    [
      'a caller without an identity',
      { kind: 'user', clientId: CLIENT },
      AGENT,
      'unauthenticated',
      'caller_has_no_identity',
    ],
  ];

  it.each(denials)(
    'denies %s: nothing happens at LiveKit, and it is on record',
    async (_, caller, agent, code, reason) => {
      await expect(start(caller, agent)).rejects.toMatchObject({ code });
      expectNothingStarted();
      expect(platform.audit.events.slice(1)).toMatchObject([
        {
          type: 'session.denied',
          outcome: 'denied',
          reason,
          actor: caller,
          agent,
          requestId: CONTEXT.requestId,
        },
      ]);
    },
  );

  it('reaches an agent until the very instant its registration expires', async () => {
    platform.clock.advance(3_599_999);
    await start(clientApp);
    platform.clock.advance(1);
    await expect(start(clientApp)).rejects.toMatchObject({ code: 'agent_not_registered' });
    expect(platform.rooms.requests.length).toBe(1);
    expect(platform.audit.events.at(-1)).toMatchObject({
      type: 'session.denied',
      reason: 'registration_expired',
    });
  });

  it('reaches an agent again once it has renewed', async () => {
    platform.clock.advance(3_600_000);
    await platform.service.registerAgent.execute({ caller: agentApp, context: CONTEXT });
    expect(await start(clientApp)).toMatchObject({ identity: `app-${CLIENT}` });
  });

  it('records the intent before anything happens at LiveKit', async () => {
    platform.rooms.fault = 'before';
    await expect(start(clientApp)).rejects.toMatchObject({ code: 'livekit_unavailable' });
    const types = platform.audit.events.map(({ type }) => type);
    expect(types).toEqual(['agent.registered', 'session.requested', 'session.transition', 'session.failed']);
    const ids = platform.audit.events.map(({ eventId }) => eventId);
    expect(ids).toEqual(ids.toSorted()); // the order in which they are read back
  });

  it.each(['before', 'after'] as const)(
    'closes a start whose CreateRoom failed %s its effect, without a token',
    async (fault) => {
      platform.rooms.fault = fault;
      await expect(start(clientApp)).rejects.toMatchObject({ code: 'livekit_unavailable' });
      expect(platform.sessions.sessions).toMatchObject([{ state: 'failed' }]);
      expect(platform.tokens.issued.length).toBe(1); // the agent's
      expect(platform.audit.events.at(-1)).toMatchObject({
        type: 'session.failed',
        outcome: 'error',
        reason: 'livekit_unavailable',
      });
    },
  );

  function expectNothingStarted(): void {
    expect(platform.rooms.requests).toEqual([]);
    expect(platform.sessions.sessions).toEqual([]);
    expect(platform.tokens.issued.length).toBe(1); // the agent's
  }
});
