import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authorizeClient } from '../../core/index.ts';
import { clientIds } from '../support/arbitraries.ts';
import { AGENT, CLIENT, STRANGER } from '../support/platform-cast.ts';

const fetchedAt = new Date('2026-01-15T00:00:00.000Z');
const provenance = { source: 'memory', fetchedAt } as const;
const known = { outcome: 'known', clients: new Set([CLIENT]), ...provenance } as const;
const unknown = { outcome: 'unknown', reason: 'agent_not_in_directory', ...provenance } as const;

describe('client-to-agent authorization', () => {
  it('lets a pre-authorised client through, and says where that is written', () => {
    expect(authorizeClient(CLIENT, AGENT, known)).toStrictEqual({
      outcome: 'allowed',
      evidence: { mode: 'always', rule: 'pre_authorized', source: 'memory', fetchedAt },
    });
  });

  it('lets an agent reach itself, also one the directory does not know', () => {
    const self = { outcome: 'allowed', evidence: { mode: 'always', rule: 'self' } };
    expect(authorizeClient(AGENT, AGENT, known)).toStrictEqual(self);
    expect(authorizeClient(AGENT, AGENT, unknown)).toStrictEqual(self);
  });

  it('denies a client the agent does not list', () => {
    expect(authorizeClient(STRANGER, AGENT, known)).toStrictEqual({
      outcome: 'denied',
      evidence: { mode: 'always', rule: 'not_pre_authorized', source: 'memory', fetchedAt },
    });
  });

  it('denies everybody where the directory does not know the agent', () => {
    expect(authorizeClient(CLIENT, AGENT, unknown)).toStrictEqual({
      outcome: 'denied',
      evidence: { mode: 'always', rule: 'agent_not_in_directory', source: 'memory', fetchedAt },
    });
  });

  it('goes one way: that an agent may reach a client says nothing of the client', () => {
    expect(authorizeClient(AGENT, CLIENT, { ...known, clients: new Set() }).outcome).toBe('denied');
  });

  it('allows exactly the listed clients and the agent itself', () => {
    fc.assert(
      fc.property(clientIds, clientIds, fc.uniqueArray(clientIds), (client, agent, listed) => {
        const { outcome } = authorizeClient(client, agent, { ...known, clients: new Set(listed) });
        expect(outcome).toBe(client === agent || listed.includes(client) ? 'allowed' : 'denied');
      }),
    );
  });
});
