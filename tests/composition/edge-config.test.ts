import { describe, expect, it } from 'vitest';
import { ConfigError, parseServeConfig } from '../../composition/config.ts';
import { agentHandshakeLimiter, edgeLimits } from '../../composition/edge-limits.ts';
import { risksOf } from '../../composition/risks.ts';
import type { Environment } from '../../composition/setting-values.ts';
import { UNLIMITED } from '../../core/index.ts';
import { COMPLETE } from '../support/platform-environment.ts';

/** What these settings risk beside what the least configuration does. */
function risksMadeBy(settings: Readonly<Record<string, string>>): readonly string[] {
  const env = { ...COMPLETE, ...settings };
  const before = risksOf(parseServeConfig(COMPLETE).config, COMPLETE);
  return risksOf(parseServeConfig(env).config, env).filter((risk) => !before.includes(risk));
}

const LIMITS = ['LKPS_RATE_LIMIT_CALLER', 'LKPS_RATE_LIMIT_CLIENT', 'LKPS_REFUSAL_ROWS'] as const;

describe('the limits of the edge', () => {
  it.each(LIMITS)('%s is requests and seconds, or off', (name) => {
    const limitOf = (value: string): unknown => {
      const { perCaller, perClient, refusalRows } = parseServeConfig({ ...COMPLETE, [name]: value }).config
        .rateLimits;
      return [perCaller, perClient, refusalRows][LIMITS.indexOf(name)];
    };
    expect(limitOf('7/3')).toEqual({ requests: 7, windowMs: 3_000 });
    expect(limitOf('off')).toBe('off');
    for (const wrong of [
      '',
      '0',
      '0/10',
      '10/0',
      '10',
      '10/',
      '/10',
      '-1/10',
      '1.5/10',
      '10/10s',
      ' 10/10',
      'OFF',
      '10/10/10',
    ]) {
      expect(() => limitOf(wrong), wrong).toThrow(ConfigError);
    }
  });

  it.each(['', '0', '-1', '1.5', 'off', '1000000'])('LKPS_MAX_IN_FLIGHT is never %j', (value) => {
    expect(() => parseServeConfig({ ...COMPLETE, LKPS_MAX_IN_FLIGHT: value })).toThrow(ConfigError);
  });

  it('are each what the setting of its name says', async () => {
    const limits = edgeLimits({
      perCaller: { requests: 1, windowMs: 10_000 },
      perClient: { requests: 2, windowMs: 10_000 },
      refusalRows: { requests: 3, windowMs: 10_000 },
    });
    const within = async (name: keyof typeof limits): Promise<number> => {
      const decisions = await Promise.all(Array.from({ length: 5 }, () => limits[name].take('a')));
      return decisions.filter(({ outcome }) => outcome === 'within').length;
    };
    expect([await within('perCaller'), await within('perClient'), await within('refusalRows')]).toEqual([
      1, 2, 3,
    ]);
    const off = edgeLimits({ perCaller: 'off', perClient: 'off', refusalRows: 'off' });
    expect(Object.values(off)).toEqual([UNLIMITED, UNLIMITED, UNLIMITED]);
  });

  it('bound the rows of all addresses together, however many there are', async () => {
    const { refusalRows } = edgeLimits({
      perCaller: 'off',
      perClient: 'off',
      refusalRows: { requests: 2, windowMs: 60_000 },
    });
    let rows = 0;
    for (let address = 0; address < 5_000; address += 1) {
      const { outcome } = await refusalRows.take(`session.denied ${address}`);
      rows += outcome === 'still_exceeded' ? 0 : 1;
    }
    expect(rows).toBe(100 + 2 + 1);
  });

  it('leave the workers of an agent room to try again every ten seconds, and no more', async () => {
    const handshakes = agentHandshakeLimiter(2);
    const taken = await Promise.all(Array.from({ length: 13 }, () => handshakes.take('agent')));
    expect(taken.filter(({ outcome }) => outcome === 'within')).toHaveLength(6 * 2);
    expect(taken.at(-1)).toMatchObject({ outcome: 'exceeded' });
  });

  it.each([
    ['LKPS_RATE_LIMIT_CALLER', 'one user can use up what their client may ask'],
    ['LKPS_RATE_LIMIT_CLIENT', 'one client can keep this process from serving the others'],
    ['LKPS_REFUSAL_ROWS', 'whoever reaches this port can fill the audit trail'],
  ])('are heard of at every start where %s is off', (name, risk) => {
    expect(risksMadeBy({ [name]: 'off' })).toEqual([`${name}=off: ${risk}`]);
  });
});

describe('the limit of one caller', () => {
  const settings = (caller: string, client: string): Readonly<Record<string, string>> => ({
    LKPS_RATE_LIMIT_CALLER: caller,
    LKPS_RATE_LIMIT_CLIENT: client,
  });
  it.each([
    ['500/10', '500/10'],
    ['50/1', '500/10'],
    ['20/60', '20/10'],
    ['50/3', '200/10'],
  ])(
    'of %s is heard of at every start, since one of them can ask all that %s lets a client ask',
    (...limits) => {
      expect(risksMadeBy(settings(...limits))).toEqual([
        'LKPS_RATE_LIMIT_CALLER: is too high for LKPS_RATE_LIMIT_CLIENT: one user can use up what their client may ask',
      ]);
    },
  );

  it.each([
    ['499/10', '500/10'],
    ['50/3', '201/10'],
    ['19/60', '20/10'],
  ])('of %s leaves others something of %s', (...limits) => {
    expect(risksMadeBy(settings(...limits))).toEqual([]);
  });
});

describe('the way to the database', () => {
  const DATABASE = 'postgres://lkps:canary@db.internal/lkps';
  const risksOfDatabase = (env: Environment): readonly string[] =>
    risksOf(parseServeConfig({ ...COMPLETE, ...env }).config, env).filter((risk) =>
      /DATABASE|MIGRATE/.test(risk),
    );

  it('is heard of at every start where others can read along, or answer in place of the database', () => {
    expect(risksOfDatabase({ LKPS_DATABASE_URL: DATABASE })).toEqual([
      'LKPS_DATABASE_URL: what is read and written travels unencrypted to another host; sslmode=verify-full encrypts it, and checks the host',
    ]);
    expect(risksOfDatabase({ LKPS_DATABASE_URL: `${DATABASE}?sslmode=no-verify` })).toEqual([
      'LKPS_DATABASE_URL: nothing shows that who answers is the database; sslmode=verify-full does',
    ]);
    expect(risksOfDatabase({ LKPS_DATABASE_URL: `${DATABASE}?sslmode=verify-full` })).toEqual([]);
  });

  it('is heard of where the service migrates, as is that it can then do what the owner can', () => {
    const service = `${DATABASE}?sslmode=verify-full`;
    const owner = { LKPS_DATABASE_ADMIN_URL: DATABASE, LKPS_MIGRATE_AT_START: 'true' };
    expect(risksOfDatabase({ LKPS_DATABASE_URL: service, ...owner })).toEqual([
      expect.stringMatching(/^LKPS_MIGRATE_AT_START=true: .* append-only$/),
      expect.stringMatching(/^LKPS_DATABASE_ADMIN_URL: .* unencrypted/),
    ]);
  });
});

describe('what a platform permits of agents', () => {
  it('is heard of at every start where it is more than the default', () => {
    expect(risksMadeBy({ LKPS_CLIENT_AUTHORIZATION: 'agent-declared' })).toEqual([
      'LKPS_CLIENT_AUTHORIZATION=agent-declared: any agent can let in every caller that the edge lets in',
    ]);
    expect(risksMadeBy({ LKPS_USER_AGENTS: 'allow' })).toEqual([
      'LKPS_USER_AGENTS=allow: every user the edge lets in can run an agent',
    ]);
    expect(risksMadeBy({ LKPS_CLIENT_AUTHORIZATION: 'always', LKPS_USER_AGENTS: 'deny' })).toEqual([]);
  });
});
