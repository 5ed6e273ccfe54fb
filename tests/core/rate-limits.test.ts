import { describe, expect, it } from 'vitest';
import { parseClientId, parseObjectId, type Principal } from '../../core/index.ts';
import { agentApp, ada, clientApp, CONTEXT } from '../support/platform-cast.ts';
import { failingAt } from '../support/platform-faults.ts';
import {
  platformOverMemory,
  type Platform,
  type PlatformLimits,
  type PlatformOptions,
} from '../support/platform-over-memory.ts';

const TEN_SECONDS = 10_000;
const GRACE = parseObjectId('0e500000-0000-4000-8000-0000000000ae');
const grace: Principal = { kind: 'user', clientId: ada.clientId, userId: GRACE };
const nobody: Principal = { kind: 'user', clientId: ada.clientId };

function platformWith(limits: PlatformLimits): Platform {
  return platformOverMemory({ limits });
}

/** What becomes of one request of each caller, in turn. */
async function ask(platform: Platform, ...callers: readonly Principal[]): Promise<readonly string[]> {
  const outcomes: string[] = [];
  for (const caller of callers) {
    const credential = { headers: platform.identity.enrol(caller) };
    const asked = platform.service.authenticateCaller.execute({
      credential,
      refusal: 'session.denied',
      context: CONTEXT,
    });
    outcomes.push(
      await asked.then(
        () => 'in',
        (error: unknown) => (error as { code: string }).code,
      ),
    );
  }
  return outcomes;
}

describe('a rate limit', () => {
  const perCaller = { requests: 2, windowMs: TEN_SECONDS };
  const perClient = { requests: 3, windowMs: TEN_SECONDS };

  it('of a caller is that of one user of one client', async () => {
    const platform = platformWith({ perCaller });
    const elsewhere: Principal = { ...grace, clientId: parseClientId(GRACE) };
    expect(await ask(platform, ada, ada, ada, grace, elsewhere, nobody)).toEqual([
      'in',
      'in',
      'rate_limited',
      'in',
      'in',
      'in',
    ]);
  });

  it('of a caller is not for applications: one starts the sessions of all its users', async () => {
    const platform = platformWith({ perCaller });
    expect(await ask(platform, clientApp, clientApp, clientApp, agentApp)).toEqual(['in', 'in', 'in', 'in']);
  });

  it('of a client counts its users and itself, and no other client', async () => {
    const platform = platformWith({ perClient });
    expect(await ask(platform, ada, grace, clientApp, ada, clientApp, agentApp)).toEqual([
      'in',
      'in',
      'in',
      'rate_limited',
      'rate_limited',
      'in',
    ]);
  });

  it('of one user exceeded takes nothing from the others of the client', async () => {
    const platform = platformWith({ perCaller, perClient });
    await ask(platform, ...Array<Principal>(50).fill(ada));
    expect(await ask(platform, grace)).toEqual(['in']);
  });

  it('ends with its window', async () => {
    const platform = platformWith({ perCaller });
    expect(await ask(platform, ada, ada, ada)).toEqual(['in', 'in', 'rate_limited']);
    platform.clock.advance(TEN_SECONDS);
    expect(await ask(platform, ada)).toEqual(['in']);
  });

  it('exceeded is one row of a window, with who it was, however often they ask', async () => {
    const platform = platformWith({ perCaller, perClient });
    await ask(platform, ...Array<Principal>(30).fill(ada), grace, grace);
    expect(platform.audit.events).toMatchObject([
      { type: 'session.denied', outcome: 'denied', reason: 'caller_rate_limited', actor: ada },
      { type: 'session.denied', outcome: 'denied', reason: 'client_rate_limited', actor: grace },
    ]);
    platform.clock.advance(TEN_SECONDS);
    await ask(platform, ...Array<Principal>(30).fill(ada));
    expect(platform.audit.events).toHaveLength(3);
  });

  it('says when to come back', async () => {
    const platform = platformWith({ perCaller });
    await ask(platform, ada, ada);
    platform.clock.advance(3_500);
    const credential = { headers: platform.identity.enrol(ada) };
    const input = { credential, refusal: 'session.denied', context: CONTEXT } as const;
    const asked = platform.service.authenticateCaller.execute(input);
    await expect(asked).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 6_500 });
  });

  it('costs whoever is over it nothing but their identification', async () => {
    const calls: string[] = [];
    const next = (port: string, method: string): 'none' => {
      calls.push(`${port}.${method}`);
      return 'none';
    };
    const platform = platformOverMemory({
      limits: { perCaller: { requests: 0, windowMs: TEN_SECONDS } },
      faults: { next },
    });
    await ask(platform, ada, ada, ada);
    expect(calls).toEqual(['identity.identify', 'audit.append', 'identity.identify', 'identity.identify']);
  });

  it('exceeded and not to be put on record lets nobody in', async () => {
    const platform = platformOverMemory({ limits: { perCaller }, faults: failingAt('audit', 'before') });
    expect(await ask(platform, ada, ada, ada, ada)).toEqual([
      'in',
      'in',
      'audit_unavailable',
      'rate_limited',
    ]);
  });
});

describe('who lacks the required role', () => {
  const withoutRole = (options: PlatformOptions): Platform =>
    platformOverMemory({
      ...options,
      replace: ({ identity }) => ({
        identity: {
          identify: async (credential) => {
            const found = await identity.identify(credential);
            return found.outcome === 'identified' ? { ...found, outcome: 'role_missing' } : found;
          },
        },
      }),
    });
  const limits = {
    perCaller: { requests: 2, windowMs: TEN_SECONDS },
    perClient: { requests: 3, windowMs: TEN_SECONDS },
  };

  it('spends the budgets of their user and client, and is over them as anybody is', async () => {
    const platform = withoutRole({ limits });
    expect(await ask(platform, ada, ada, ada, ada, grace, grace, clientApp)).toEqual([
      'role_required',
      'role_required',
      'rate_limited',
      'rate_limited',
      'role_required',
      'rate_limited',
      'rate_limited',
    ]);
    expect(platform.audit.events.map(({ reason, actor }) => [reason, actor])).toEqual([
      ['role_required', ada],
      ['role_required', ada],
      ['caller_rate_limited', ada],
      ['role_required', grace],
      ['client_rate_limited', grace],
    ]);
  });

  it('is known, and so takes no row from those that a source address has for the unknown', async () => {
    const platform = withoutRole({ limits: { refusalRows: { requests: 0, windowMs: TEN_SECONDS } } });
    await ask(platform, ada, ada);
    expect(platform.audit.events.map(({ reason }) => reason)).toEqual(['role_required', 'role_required']);
  });

  it('is refused also where that cannot be put on record', async () => {
    const platform = withoutRole({ faults: failingAt('audit', 'before') });
    expect(await ask(platform, ada)).toEqual(['audit_unavailable']);
  });
});
