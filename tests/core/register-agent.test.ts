import { describe, expect, it } from 'vitest';
import { agentNameOf } from '../../core/index.ts';
import { ada, ADA, AGENT, AGENT_NAME, agentApp, CLIENT, CONTEXT } from '../support/platform-cast.ts';
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
      clientAuthorization: 'required',
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

  it('lets an agent be open only where the platform lets agents decide', async () => {
    const input = { caller: agentApp, clientAuthorization: 'open', context: CONTEXT } as const;
    const enforced = platformOverMemory();
    await expect(enforced.service.registerAgent.execute(input)).rejects.toMatchObject({
      code: 'forbidden_field',
      issues: [{ path: 'client_authorization', message: 'open is not permitted here' }],
    });
    expect(await enforced.agents.find(AGENT_NAME)).toBeUndefined();
    expect(enforced.audit.events).toMatchObject([
      { type: 'agent.registration_denied', outcome: 'denied', reason: 'forbidden_field' },
    ]);

    const declared = platformOverMemory({ rules: { clientAuthorization: 'agent-declared' } });
    await declared.service.registerAgent.execute(input);
    expect(await declared.agents.find(AGENT_NAME)).toMatchObject({ clientAuthorization: 'open' });
    expect(declared.audit.events).toMatchObject([{ details: { client_authorization: 'open' } }]);
    declared.clock.advance(1);
    await declared.service.registerAgent.execute({ caller: agentApp, context: CONTEXT });
    expect(await declared.agents.find(AGENT_NAME)).toMatchObject({ clientAuthorization: 'required' });
  });
});

describe('RegisterAgent for a user, where users may have agents', () => {
  const PERSONAL = agentNameOf(CLIENT, ADA);
  const allowing = { rules: { userAgents: 'allow' } } as const;

  it("registers the user's own agent of that application, and nobody else's", async () => {
    const { service, agents, tokens, audit } = platformOverMemory(allowing);
    const registered = await service.registerAgent.execute({ caller: ada, context: CONTEXT });
    expect(registered.agentName).toBe(`${CLIENT}.${ADA}`);
    expect(tokens.issued).toMatchObject([{ subject: PERSONAL }]);
    expect(await agents.find(PERSONAL)).toMatchObject({ clientId: CLIENT, userId: ADA });
    expect(await agents.find(agentNameOf(CLIENT))).toBeUndefined();
    expect(audit.events).toMatchObject([{ type: 'agent.registered', actor: ada, agent: PERSONAL }]);
  });

  it('refuses a user nobody named, and one that would be open', async () => {
    const { service, tokens } = platformOverMemory({
      rules: { userAgents: 'allow', clientAuthorization: 'agent-declared' },
    });
    const nobody = { kind: 'user', clientId: CLIENT } as const;
    await expect(service.registerAgent.execute({ caller: nobody, context: CONTEXT })).rejects.toMatchObject({
      code: 'service_principal_required',
    });
    const open = { caller: ada, clientAuthorization: 'open', context: CONTEXT } as const;
    await expect(service.registerAgent.execute(open)).rejects.toMatchObject({ code: 'forbidden_field' });
    expect(tokens.issued).toEqual([]);
  });
});
