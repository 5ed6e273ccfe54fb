import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  authorizeAlone,
  authorizeByDirectory,
  type Approach,
  type AuthorizationDecision,
  type PreAuthorization,
} from '../../core/index.ts';
import { clientIds, objectIds, principals } from '../support/arbitraries.ts';
import { ada, ADA, AGENT, agentApp, CLIENT, clientApp, strangerApp } from '../support/platform-cast.ts';

const fetchedAt = new Date('2026-01-15T00:00:00.000Z');
const provenance = { source: 'memory', fetchedAt } as const;
const known: PreAuthorization = { outcome: 'known', clients: new Set([CLIENT]), ...provenance };
const agent = { clientId: AGENT, clientAuthorization: 'required' } as const;
const MODES = ['always', 'agent-declared'] as const;

/** As a session start decides it. */
function authorize(approach: Approach, directory: PreAuthorization = known): AuthorizationDecision {
  return authorizeAlone(approach) ?? authorizeByDirectory(approach, directory);
}

describe.each(MODES)('client-to-agent authorization, mode %s', (mode) => {
  it('lets a pre-authorised client through, and says where that is written', () => {
    expect(authorize({ caller: clientApp, agent, mode })).toStrictEqual({
      outcome: 'allowed',
      evidence: { mode, rule: 'pre_authorized', ...provenance },
    });
  });

  it('lets an agent reach itself, without asking anybody', () => {
    const self = { outcome: 'allowed', evidence: { mode, rule: 'self' } };
    expect(authorizeAlone({ caller: agentApp, agent, mode })).toStrictEqual(self);
  });

  it('denies a client the agent does not list', () => {
    expect(authorize({ caller: strangerApp, agent, mode })).toStrictEqual({
      outcome: 'denied',
      evidence: { mode, rule: 'not_pre_authorized', ...provenance },
    });
  });

  it.each(['agent_not_in_directory', 'agent_is_managed_identity', 'agent_of_another_tenant'] as const)(
    'denies everybody else where the directory has no registration to read: %s',
    (reason) => {
      const unknown: PreAuthorization = { outcome: 'unknown', reason, ...provenance };
      expect(authorize({ caller: clientApp, agent, mode }, unknown)).toStrictEqual({
        outcome: 'denied',
        evidence: { mode, rule: reason, ...provenance },
      });
    },
  );

  it('decides by the application, whoever the user behind it is', () => {
    fc.assert(
      fc.property(principals, fc.uniqueArray(clientIds), (caller, listed) => {
        const { outcome } = authorize({ caller, agent, mode }, { ...known, clients: new Set(listed) });
        const mayReach = caller.clientId === AGENT || listed.includes(caller.clientId);
        expect(outcome).toBe(mayReach ? 'allowed' : 'denied');
      }),
    );
  });

  it('keeps a personal agent for its user, whatever the directory says and the agent declared', () => {
    const personal = { clientId: CLIENT, userId: ADA, clientAuthorization: 'open' } as const;
    expect(authorizeAlone({ caller: ada, agent: personal, mode })).toStrictEqual({
      outcome: 'allowed',
      evidence: { mode, rule: 'personal' },
    });
    fc.assert(
      fc.property(principals, objectIds, (caller, userId) => {
        const decision = authorizeAlone({ caller, agent: { ...personal, userId }, mode });
        const isTheirs = caller.kind === 'user' && caller.userId === userId;
        expect(decision?.outcome).toBe(isTheirs ? 'allowed' : 'denied');
      }),
    );
    expect(authorizeAlone({ caller: clientApp, agent: personal, mode })).toMatchObject({
      outcome: 'denied',
      evidence: { rule: 'not_the_agents_user' },
    });
  });
});

describe('an agent that declared itself open', () => {
  const open = { clientId: AGENT, clientAuthorization: 'open' } as const;

  it('is reached by anybody where agents may decide, and nobody is asked', () => {
    expect(authorizeAlone({ caller: strangerApp, agent: open, mode: 'agent-declared' })).toStrictEqual({
      outcome: 'allowed',
      evidence: { mode: 'agent-declared', rule: 'open' },
    });
  });

  it('is reached by its pre-authorised clients only where the platform decides', () => {
    expect(authorize({ caller: strangerApp, agent: open, mode: 'always' }).outcome).toBe('denied');
    expect(authorize({ caller: clientApp, agent: open, mode: 'always' }).outcome).toBe('allowed');
  });
});
