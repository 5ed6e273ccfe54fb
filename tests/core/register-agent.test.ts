import { describe, expect, it } from 'vitest';
import { ada, AGENT, AGENT_NAME, agentApp, CONTEXT } from '../support/platform-cast.ts';
import { failingAt } from '../support/platform-faults.ts';
import { platformOverMemory } from '../support/platform-over-memory.ts';

describe('RegisterAgent', () => {
  it('gives an application a token for its own name, registers it and puts both on record', async () => {
    const { service, clock, agents, audit, tokens } = platformOverMemory();
    const registered = await service.registerAgent.execute({ caller: agentApp, context: CONTEXT });
    const [spec] = tokens.issued;
    const expiresAt = new Date(clock.now().getTime() + 3_600_000);
    expect(registered).toMatchObject({ agentName: AGENT, expiresAt });
    expect(spec).toMatchObject({ subject: AGENT, expiresAt });
    expect(await agents.find(AGENT_NAME)).toEqual({
      name: AGENT,
      clientId: AGENT,
      registeredAt: clock.now(),
      expiresAt,
    });
    expect(audit.events).toMatchObject([
      {
        type: 'agent.registered',
        outcome: 'allowed',
        region: 'eu',
        actor: agentApp,
        agent: AGENT,
        token: { grants: spec?.grants, tokenId: spec?.tokenId, expiresAt, signingKeyId: 'memory-key' },
        requestId: CONTEXT.requestId,
        sourceIp: CONTEXT.sourceIp,
        userAgent: CONTEXT.userAgent,
      },
    ]);
  });

  it('renews: each registration has a token of its own, and the newest says when the agent expires', async () => {
    const { service, clock, agents, audit, tokens } = platformOverMemory();
    await service.registerAgent.execute({ caller: agentApp, context: CONTEXT });
    clock.advance(600_000);
    const renewed = await service.registerAgent.execute({ caller: agentApp, context: CONTEXT });
    expect((await agents.find(AGENT_NAME))?.expiresAt).toEqual(renewed.expiresAt);
    expect(new Set(tokens.issued.map(({ tokenId }) => tokenId)).size).toBe(2);
    expect(audit.events.map(({ token }) => token?.tokenId)).toEqual(
      tokens.issued.map(({ tokenId }) => tokenId),
    );
  });

  it('refuses a user: no token is signed, nothing is registered, and the refusal is on record', async () => {
    const { service, agents, audit, tokens } = platformOverMemory();
    const asked = service.registerAgent.execute({ caller: ada, context: CONTEXT });
    await expect(asked).rejects.toMatchObject({ code: 'service_principal_required' });
    expect(tokens.issued).toEqual([]);
    expect(await agents.find(AGENT_NAME)).toBeUndefined();
    expect(audit.events).toMatchObject([
      {
        type: 'agent.registration_denied',
        outcome: 'denied',
        reason: 'service_principal_required',
        actor: ada,
      },
    ]);
    expect(audit.events[0]).not.toHaveProperty('token');
  });

  it.each(['before', 'after'] as const)(
    'returns no token when its record fails %s its effect',
    async (fault) => {
      const { service, audit, tokens } = platformOverMemory({ faults: failingAt('agents', fault) });
      const asked = service.registerAgent.execute({ caller: agentApp, context: CONTEXT });
      await expect(asked).rejects.toMatchObject({ code: 'audit_unavailable' });
      expect(tokens.issued.length).toBe(1);
      expect(audit.events.length).toBe(fault === 'after' ? 1 : 0);
    },
  );

  it('refuses nobody without its record', async () => {
    const { service } = platformOverMemory({ faults: failingAt('audit', 'before') });
    const asked = service.registerAgent.execute({ caller: ada, context: CONTEXT });
    await expect(asked).rejects.toMatchObject({ code: 'audit_unavailable' });
  });

  it('keeps no token that was not signed', async () => {
    const { service, agents, audit } = platformOverMemory({ faults: failingAt('tokens', 'before') });
    await expect(service.registerAgent.execute({ caller: agentApp, context: CONTEXT })).rejects.toThrow();
    expect(await agents.find(AGENT_NAME)).toBeUndefined();
    expect(audit.events).toEqual([]);
  });
});
