import { beforeEach, describe, expect, it } from 'vitest';
import { agentIdentity, parseObjectId, type Principal, type StartedSession } from '../../core/index.ts';
import {
  ada,
  ADA,
  AGENT,
  agentApp,
  CLIENT,
  clientApp,
  CONTEXT,
  introduceCast,
  strangerApp,
  withRegisteredAgent,
} from '../support/platform-cast.ts';
import { platformOverMemory, type Platform } from '../support/platform-over-memory.ts';

const SEAT = {
  permissions: { canPublish: false, canPublishData: false },
  name: 'Ada',
  metadata: '{"locale":"de"}',
  attributes: { desk: '7' },
} as const;

describe('StartSession, asked for a seat', () => {
  let platform: Platform;
  beforeEach(async () => {
    platform = await withRegisteredAgent(platformOverMemory());
  });
  const start = (caller: Principal): Promise<StartedSession> =>
    platform.service.startSession.execute({
      caller,
      agentClientId: AGENT,
      seat: SEAT,
      agentMetadata: 'for the agent',
      context: CONTEXT,
    });

  it('gives the seat that was asked for', async () => {
    const { sessionId } = await start(ada);
    expect(platform.tokens.issued.at(-1)).toMatchObject({
      grants: { canPublish: false, canSubscribe: true, canPublishData: false },
      name: 'Ada',
      metadata: '{"locale":"de"}',
      attributes: { desk: '7', 'lkps.session_id': sessionId, 'lkps.client_id': CLIENT },
    });
  });

  it('tells the agent what is for the agent, and nobody else: neither the token nor the record has it', async () => {
    await start(clientApp);
    expect(platform.rooms.requests).toMatchObject([{ agentMetadata: 'for the agent' }]);
    const elsewhere = JSON.stringify([
      platform.tokens.issued,
      platform.audit.events,
      platform.sessions.sessions,
    ]);
    expect(elsewhere).not.toContain('for the agent');
  });

  it('puts the narrowed grants on record, and what the seat is called nowhere', async () => {
    await start(clientApp);
    const granted = platform.audit.events.find(({ type }) => type === 'session.granted');
    expect(granted).toMatchObject({ token: { grants: { canPublish: false, canPublishData: false } } });
    expect(JSON.stringify(platform.audit.events)).not.toMatch(/locale|"Ada".*desk|desk/);
  });
});

describe('StartSession where agents may declare themselves open', () => {
  it('lets anybody reach an open agent until it registers as anything else', async () => {
    const platform = await withRegisteredAgent(
      platformOverMemory({ rules: { clientAuthorization: 'agent-declared' } }),
    );
    const { service, clock, audit } = platform;
    const start = (): Promise<StartedSession> =>
      service.startSession.execute({ caller: strangerApp, agentClientId: AGENT, context: CONTEXT });
    await expect(start()).rejects.toMatchObject({ code: 'client_not_authorized' });
    clock.advance(1);
    await service.registerAgent.execute({ caller: agentApp, clientAuthorization: 'open', context: CONTEXT });
    await start();
    expect(audit.events.at(-1)).toMatchObject({
      type: 'session.granted',
      authorization: { mode: 'agent-declared', rule: 'open' },
    });
    clock.advance(1);
    await service.registerAgent.execute({ caller: agentApp, context: CONTEXT });
    await expect(start()).rejects.toMatchObject({ code: 'client_not_authorized' });
    expect(platform.rooms.requests.length).toBe(1);
  });
});

describe('StartSession where the platform decides', () => {
  it('keeps an agent closed that declared itself open when agents could', async () => {
    const platform = platformOverMemory();
    introduceCast(platform);
    const { agents, service, clock, audit, rooms } = platform;
    const registeredAt = clock.now();
    const open = { ...agentIdentity(AGENT), clientAuthorization: 'open', registeredAt } as const;
    await agents.register({ ...open, expiresAt: new Date(registeredAt.getTime() + 3_600_000) }, []);
    const asked = service.startSession.execute({
      caller: strangerApp,
      agentClientId: AGENT,
      context: CONTEXT,
    });
    await expect(asked).rejects.toMatchObject({ code: 'client_not_authorized' });
    expect(rooms.requests).toEqual([]);
    expect(audit.events.at(-1)).toMatchObject({
      authorization: { mode: 'always', rule: 'not_pre_authorized' },
    });
  });
});

describe("StartSession for a user's personal agent", () => {
  const bob: Principal = {
    kind: 'user',
    clientId: CLIENT,
    userId: parseObjectId('0b0b0000-0000-4000-8000-0000000000bb'),
  };

  async function withPersonalAgent(userAgents: 'allow' | 'deny'): Promise<Platform> {
    const { agents, ...platform } = platformOverMemory({ rules: { userAgents } });
    const registeredAt = platform.clock.now();
    const expiresAt = new Date(registeredAt.getTime() + 3_600_000);
    const personal = { ...agentIdentity(CLIENT, ADA), clientAuthorization: 'required' as const };
    await agents.register({ ...personal, registeredAt, expiresAt }, []);
    return { agents, ...platform };
  }
  const start = (platform: Platform, caller: Principal): Promise<StartedSession> =>
    platform.service.startSession.execute({ caller, agentClientId: CLIENT, context: CONTEXT });

  it('reaches it by the id of the application, and asks no directory', async () => {
    const platform = await withPersonalAgent('allow');
    await start(platform, ada);
    expect(platform.rooms.requests).toMatchObject([{ agent: `${CLIENT}.${ADA}` }]);
    expect(platform.audit.events.at(-1)).toMatchObject({ authorization: { rule: 'personal' } });
  });

  it("is meant rather than the application's agent, and by its user only", async () => {
    const platform = await withPersonalAgent('allow');
    introduceCast(platform);
    await platform.service.registerAgent.execute({ caller: clientApp, context: CONTEXT });
    await start(platform, ada);
    await start(platform, bob);
    expect(platform.rooms.requests).toMatchObject([{ agent: `${CLIENT}.${ADA}` }, { agent: CLIENT }]);
    expect(platform.audit.events.at(-1)).toMatchObject({ authorization: { rule: 'self' } });
  });

  it.each([
    ['another user', bob],
    ['the application itself', clientApp],
    ['another application', strangerApp],
  ])('is not there for %s', async (_, caller) => {
    const platform = await withPersonalAgent('allow');
    await expect(start(platform, caller)).rejects.toMatchObject({ code: 'agent_not_registered' });
    expect(platform.rooms.requests).toEqual([]);
  });

  it('is not there for anybody once users may have no agents', async () => {
    const platform = await withPersonalAgent('deny');
    await expect(start(platform, ada)).rejects.toMatchObject({ code: 'agent_not_registered' });
  });

  it("gives way to the application's agent once it has expired", async () => {
    const platform = await withPersonalAgent('allow');
    platform.clock.advance(3_600_000);
    await platform.service.registerAgent.execute({ caller: clientApp, context: CONTEXT });
    await start(platform, ada);
    expect(platform.rooms.requests).toMatchObject([{ agent: CLIENT }]);
  });
});
