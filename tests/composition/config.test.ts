import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMigrateConfig, parseServeConfig } from '../../composition/config.ts';
import { SETTINGS, type Setting } from '../../composition/settings.ts';
import { problemsOf } from '../support/config-problems.ts';
import { COMPLETE, PLANTED } from '../support/platform-environment.ts';

const GUID = 'c11e0000-0000-4000-8000-000000000001';

describe('the configuration', () => {
  it('needs no more than its required variables, and shows every default', () => {
    const { config, secrets } = parseServeConfig(COMPLETE);
    expect(config).toEqual({
      host: '0.0.0.0',
      port: 8080,
      region: 'eu',
      livekitUrl: 'http://livekit.internal:7880',
      livekitPublicUrl: 'wss://livekit.example.test',
      agentGateway: expect.objectContaining({ mode: 'embedded' }) as object,
      identity: { source: 'ocelot', evidence: 'directory' },
      proxyProof: 'secret',
      directory: { source: 'file', path: '/etc/lkps/directory.json' },
      agentRules: { clientAuthorization: 'always', userAgents: 'deny' },
      maxOpenSessions: 1000,
      tokenTtlMs: 3_600_000,
      trustedHops: 0,
      corsOrigins: [],
      rateLimits: {
        perCaller: { requests: 50, windowMs: 10_000 },
        perClient: { requests: 500, windowMs: 10_000 },
        refusalRows: { requests: 60, windowMs: 60_000 },
      },
      maxInFlight: 256,
      databasePool: 10,
      databaseTransport: { service: 'plaintext', owner: undefined },
      migrateAtStart: false,
      logLevel: 'info',
    });
    expect(secrets.signingKey.secret.reveal()).toBe(PLANTED.livekitSecret);
    expect(secrets.databaseUrl.reveal()).toContain(PLANTED.databasePassword);
  });

  it('signs with the first of several keys and takes webhooks of all', () => {
    const [first, second] = ['another-secret-that-is-32-bytes-long', 'a-third-secret-that-is-32-bytes-long'];
    const { secrets } = parseServeConfig({
      ...COMPLETE,
      LKPS_LIVEKIT_KEYS: `APInew:${first},${COMPLETE['LKPS_LIVEKIT_KEYS'] ?? ''}`,
      LKPS_WEBHOOK_KEYS: `HOOKnew:${second},${COMPLETE['LKPS_WEBHOOK_KEYS'] ?? ''}`,
    });
    expect(secrets.signingKey.id).toBe('APInew');
    expect(secrets.webhookKeys.map(({ id }) => id)).toEqual(['HOOKnew', 'APIhook']);
  });

  it('names every required variable at once when the environment is empty', () => {
    const settings: Readonly<Record<string, Setting>> = SETTINGS;
    const required = Object.keys(settings).filter(
      (name) => settings[name]?.default === undefined && settings[name]?.optional !== true,
    );
    const problems = problemsOf({});
    expect(
      problems.filter((line) => line.endsWith(': is required')).map((line) => line.split(':')[0]),
    ).toEqual(required);
  });

  it('names all problems at once, whatever they are', () => {
    const names = Object.keys(SETTINGS);
    fc.assert(
      fc.property(fc.subarray(names, { minLength: 1 }), (wrong) => {
        const env = { ...COMPLETE, ...Object.fromEntries(wrong.map((name) => [name, ''])) };
        const named = problemsOf(env).map((line) => line.split(':')[0]);
        expect(named).toEqual(expect.arrayContaining(wrong));
      }),
      { numRuns: 50 },
    );
  });

  it('has a message that holds every problem', () => {
    expect(() => parseServeConfig({})).toThrow(/LKPS_REGION: is required[^]*LKPS_SUBJECT_KEY: is required/);
  });

  it.each([
    ['LKPS_PORT', ['0', '65536', '080', '8080.0', '1e3', ' 80', '80 ', '+80', '-1', '٨٠', 'http']],
    ['LKPS_TOKEN_TTL_SECONDS', ['0', '3601', '60s', '0x10', '']],
    ['LKPS_TRUSTED_HOPS', ['17', '-1', '1.5']],
    ['LKPS_DATABASE_POOL', ['0', '101']],
    ['LKPS_REGION', ['EU', 'eu west', '', '1eu', 'eu/../us']],
    ['LKPS_LIVEKIT_URL', ['livekit:7880', 'ws://livekit', 'ftp://livekit', '']],
    ['LKPS_LIVEKIT_PUBLIC_URL', ['https://livekit', 'livekit']],
    [
      'LKPS_LIVEKIT_KEYS',
      ['', 'id', 'id:short', ':x', `id:${'x'.repeat(32)},`, `a:${'x'.repeat(32)},a:${'y'.repeat(32)}`],
    ],
    ['LKPS_WEBHOOK_KEYS', ['id:short', `a b:${'x'.repeat(32)}`]],
    ['LKPS_PROXY_PROOF', ['none', 'SECRET', 'true', '']],
    [
      'LKPS_PROXY_SECRETS',
      ['short', `${'x'.repeat(32)},short`, ['a', 'b', 'c'].map((c) => c.repeat(32)).join(',')],
    ],
    ['LKPS_DIRECTORY', ['/etc/directory.json', 'Graph', 'graph:', 'graph ', 'file:', 'FILE:/x']],
    ['LKPS_GRAPH_URL', ['', 'http://graph.test', 'https://graph.test/v1.0', 'graph.test']],
    ['LKPS_GRAPH_CLIENT_ID', ['', 'lkps']],
    ['LKPS_GRAPH_CLIENT_SECRET', ['', 'short', ' '.repeat(20), `${PLANTED.subjectKey} `]],
    ['LKPS_APPLICATION_EVIDENCE', ['none', 'Directory', 'tokens']],
    ['LKPS_DATABASE_URL', ['mysql://db', 'db', '']],
    ['LKPS_DATABASE_ADMIN_URL', ['sqlite://db', '']],
    ['LKPS_MIGRATE_AT_START', ['1', 'yes', 'TRUE', '']],
    ['LKPS_SUBJECT_KEY', ['', 'x'.repeat(31), 'x'.repeat(40), `${PLANTED.subjectKey}\n`, ' '.repeat(40)]],
    ['LKPS_LIVEKIT_PUBLIC_URL', ['wss://user:canary@livekit.test', 'wss://livekit.test?canary=1']],
    ['LKPS_LOG_LEVEL', ['silent', 'INFO', '']],
    ['LKPS_IDENTITY', ['', 'Entra', 'Ocelot', 'none']],
    ['LKPS_ENTRA_TENANT_ID', ['', 'common', 'bayer.com']],
    ['LKPS_ENTRA_AUDIENCES', ['', 'api://a,', ',', 'api://a, api://b']],
    ['LKPS_ENTRA_CLIENTS', ['', 'client', `${GUID},`, `${GUID}, ${GUID}`]],
    [
      'LKPS_ENTRA_AUTHORITY',
      [
        '',
        'login.test',
        'http://login.test',
        'https://login.test/',
        'https://login.test/x',
        'https://u@login.test',
      ],
    ],
    ['LKPS_REQUIRED_ROLE', ['', 'two roles', 'tab\t', 'x'.repeat(257), 'rôle']],
    [
      'LKPS_CORS_ORIGINS',
      [
        '',
        '*',
        'https://*.a.test',
        'null',
        'https://a.test/',
        'https://A.test',
        'https://a.test:443',
        'a.test',
        'ftp://a.test',
      ],
    ],
    [
      'LKPS_CORS_ORIGINS',
      ['https://a.test, https://b.test', 'https://a.test,https://a.test', 'https://u@a.test'],
    ],
  ] as const)('refuses what is not a value of %s, and repairs nothing', (name, values) => {
    for (const value of values) {
      const problems = problemsOf({ ...COMPLETE, [name]: value });
      expect(
        problems.some((line) => line.startsWith(`${name}: `)),
        `${name}=${value}`,
      ).toBe(true);
    }
  });

  it.each([
    ['no proof of the proxy', { LKPS_PROXY_SECRETS: undefined }, 'LKPS_PROXY_SECRETS'],
    ['a proof that nobody reads', { LKPS_PROXY_PROOF: 'network' }, 'LKPS_PROXY_SECRETS'],
    [
      'a webhook key that also signs',
      { LKPS_WEBHOOK_KEYS: 'APIsign:yet-another-secret-of-32-bytes-long' },
      'LKPS_WEBHOOK_KEYS',
    ],
    ['a proxy secret that is the subject key', { LKPS_SUBJECT_KEY: PLANTED.proxySecret }, 'LKPS_SUBJECT_KEY'],
    [
      'the same proxy secret twice',
      { LKPS_PROXY_SECRETS: `${PLANTED.proxySecret},${PLANTED.proxySecret}` },
      'LKPS_PROXY_SECRETS',
    ],
    ['a migration without its owner', { LKPS_MIGRATE_AT_START: 'true' }, 'LKPS_DATABASE_ADMIN_URL'],
    [
      "the owner's login where nothing migrates",
      { LKPS_DATABASE_ADMIN_URL: 'postgres://owner@db.internal/lkps' },
      'LKPS_DATABASE_ADMIN_URL',
    ],
  ])('refuses %s', (_, change, name) => {
    const problems = problemsOf({ ...COMPLETE, ...change });
    expect(problems.length).toBe(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: `));
  });

  it('refuses one secret for two purposes', () => {
    for (const change of [
      { LKPS_WEBHOOK_KEYS: `APIother:${PLANTED.livekitSecret}` },
      { LKPS_PROXY_SECRETS: PLANTED.livekitSecret },
      { LKPS_SUBJECT_KEY: PLANTED.webhookSecret },
    ]) {
      const [name = ''] = Object.keys(change);
      expect(problemsOf({ ...COMPLETE, ...change })).toEqual([
        expect.stringMatching(/^LKPS_\w+: holds a secret that LKPS_\w+ holds already$/),
      ]);
      expect(problemsOf({ ...COMPLETE, ...change }).join()).toContain(name);
    }
  });

  it('lets the network stand in for the proof only where it says so', () => {
    const env = { ...COMPLETE, LKPS_PROXY_SECRETS: undefined, LKPS_PROXY_PROOF: 'network' };
    expect(parseServeConfig(env).config.proxyProof).toBe('network');
  });

  it('migrates as the owner, whose connection it then needs', () => {
    expect(problemsOf(COMPLETE, parseMigrateConfig)).toEqual([
      'LKPS_DATABASE_ADMIN_URL: is required to migrate',
    ]);
    const env = { ...COMPLETE, LKPS_DATABASE_ADMIN_URL: `postgres://owner:${PLANTED.adminPassword}@db/lkps` };
    expect(parseMigrateConfig(env).adminUrl.reveal()).toContain(PLANTED.adminPassword);
  });
});

describe('no secret shows', () => {
  it('in what is parsed, however it is printed', () => {
    const parsed = parseServeConfig(COMPLETE);
    expectNoCanary(inspect(parsed, { depth: null, showHidden: true }));
    expectNoCanary(JSON.stringify(parsed));
  });

  it('in what is wrong, wherever a secret was put', () => {
    const names = Object.keys(SETTINGS);
    const secrets = Object.values(PLANTED).flatMap((secret) => [
      secret,
      `id:${secret}:x y`,
      `mysql://a:${secret}@db`,
    ]);
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.constantFrom(...secrets)), (misplaced) => {
        for (const parse of [parseServeConfig, parseMigrateConfig]) {
          expectNoCanary(problemsOf({ ...COMPLETE, ...misplaced }, parse).join('\n'));
        }
      }),
      { numRuns: 300 },
    );
  });
});

function expectNoCanary(text: string): void {
  expect(text).not.toContain('canary');
}
