import { describe, expect, it } from 'vitest';
import { ada, clientApp, CONTEXT } from '../support/platform-cast.ts';
import { failingAt } from '../support/platform-faults.ts';
import { platformOverMemory } from '../support/platform-over-memory.ts';

const nobody = { headers: new Map<string, readonly string[]>() };

describe('AuthenticateCaller', () => {
  it('returns who the identity source found, and writes nothing of it', async () => {
    const { service, identity, audit } = platformOverMemory();
    const credential = { headers: identity.enrol(clientApp) };
    const asked = service.authenticateCaller.execute({
      credential,
      refusal: 'session.denied',
      context: CONTEXT,
    });
    expect(await asked).toEqual(clientApp);
    expect(audit.events).toEqual([]);
  });

  it.each(['session.denied', 'agent.registration_denied'] as const)(
    'has one answer for everybody it does not know, and the reason on record as %s',
    async (refusal) => {
      const { service, audit } = platformOverMemory();
      const asked = service.authenticateCaller.execute({ credential: nobody, refusal, context: CONTEXT });
      await expect(asked).rejects.toMatchObject({ code: 'unauthenticated', issues: [] });
      expect(audit.events).toMatchObject([
        { type: refusal, outcome: 'denied', reason: 'credential_missing', requestId: CONTEXT.requestId },
      ]);
      expect(audit.events[0]).not.toHaveProperty('actor');
    },
  );

  it.each(['session.denied', 'agent.registration_denied'] as const)(
    'tells who lacks the role that it is the role, and puts it on record as %s with who it was',
    async (refusal) => {
      const identify = () => Promise.resolve({ outcome: 'role_missing', principal: ada } as const);
      const { service, audit } = platformOverMemory({ replace: () => ({ identity: { identify } }) });
      const asked = service.authenticateCaller.execute({ credential: nobody, refusal, context: CONTEXT });
      await expect(asked).rejects.toMatchObject({ code: 'role_required', issues: [] });
      expect(audit.events).toMatchObject([
        {
          type: refusal,
          outcome: 'denied',
          reason: 'role_required',
          actor: ada,
          requestId: CONTEXT.requestId,
        },
      ]);
    },
  );

  it('lets nobody pass for want of a record of the refusal', async () => {
    const { service } = platformOverMemory({ faults: failingAt('audit', 'before') });
    const input = { credential: nobody, refusal: 'session.denied', context: CONTEXT } as const;
    const asked = service.authenticateCaller.execute(input);
    await expect(asked).rejects.toMatchObject({ code: 'audit_unavailable' });
  });

  it('lets nobody pass while evidence cannot be had', async () => {
    const { service } = platformOverMemory({ faults: failingAt('identity', 'before') });
    const input = { credential: nobody, refusal: 'session.denied', context: CONTEXT } as const;
    const asked = service.authenticateCaller.execute(input);
    await expect(asked).rejects.toMatchObject({ code: 'authorization_unavailable' });
  });
});
