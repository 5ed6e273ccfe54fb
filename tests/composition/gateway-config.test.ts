import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseServeConfig } from '../../composition/config.ts';
import {
  GATEWAY_PROCESS_SETTINGS,
  gatewayProcessRisks,
  parseGatewayProcessConfig,
} from '../../composition/gateway-process-config.ts';
import { risksOf } from '../../composition/risks.ts';
import type { Environment } from '../../composition/setting-values.ts';
import { SETTINGS } from '../../composition/settings.ts';
import { problemsOf } from '../support/config-problems.ts';
import { COMPLETE, PLANTED } from '../support/platform-environment.ts';

const TOKENS = ['LKPS_AGENT_TOKEN_KEYS', 'LKPS_GATEWAY_PUBLIC_URL'] as const;
const NEITHER: Environment = {
  ...COMPLETE,
  LKPS_AGENT_TOKEN_KEYS: undefined,
  LKPS_GATEWAY_PUBLIC_URL: undefined,
};
const SEPARATE: Environment = { ...COMPLETE, LKPS_AGENT_GATEWAY: 'separate' };
const OFF: Environment = { ...NEITHER, LKPS_AGENT_GATEWAY: 'off' };
const LISTENER: Environment = {
  LKPS_GATEWAY_PORT: '9000',
  LKPS_GATEWAY_TRUSTED_HOPS: '2',
  LKPS_MAX_AGENT_WORKERS: '7',
};

describe('the agent gateway of a service', () => {
  it('is part of it, beside it, or not there, as it says', () => {
    const gatewayOf = (env: Environment): unknown => parseServeConfig(env).config.agentGateway;
    expect(gatewayOf(COMPLETE)).toMatchObject({
      mode: 'embedded',
      listener: { host: '0.0.0.0', port: 8081, maxAgentWorkers: 100, trustedHops: 0 },
    });
    expect(gatewayOf({ ...COMPLETE, ...LISTENER, LKPS_HOST: '127.0.0.1' })).toEqual({
      mode: 'embedded',
      publicUrl: 'wss://agents.example.test',
      listener: { host: '127.0.0.1', port: 9000, maxAgentWorkers: 7, trustedHops: 2 },
    });
    expect(gatewayOf(SEPARATE)).toEqual({ mode: 'separate', publicUrl: 'wss://agents.example.test' });
    expect(gatewayOf(OFF)).toEqual({ mode: 'off' });
  });

  it('has keys of its own, of which the first one signs', () => {
    const keys = `NEW:another-secret-that-is-32-bytes-long,${COMPLETE['LKPS_AGENT_TOKEN_KEYS'] ?? ''}`;
    const { secrets } = parseServeConfig({ ...COMPLETE, LKPS_AGENT_TOKEN_KEYS: keys });
    expect(secrets.agentTokenKeys?.map(({ id }) => id)).toEqual(['NEW', 'AGENTsign']);
    expect(parseServeConfig(OFF).secrets.agentTokenKeys).toBeUndefined();
  });

  it.each(TOKENS)('needs %s, or has to say that there is none', (name) => {
    for (const env of [COMPLETE, SEPARATE]) {
      expect(problemsOf({ ...env, [name]: undefined })).toEqual([
        `${name}: is required, or LKPS_AGENT_GATEWAY=off must say that agents connect to LiveKit itself`,
      ]);
    }
    expect(problemsOf(OFF)).toEqual([]);
  });

  it('is refused what nobody would read', () => {
    for (const name of [...TOKENS, ...Object.keys(LISTENER)]) {
      const value = COMPLETE[name] ?? LISTENER[name];
      expect(problemsOf({ ...OFF, [name]: value })).toEqual([
        `${name}: is never read with LKPS_AGENT_GATEWAY=off`,
      ]);
    }
    for (const name of Object.keys(LISTENER)) {
      expect(problemsOf({ ...SEPARATE, [name]: LISTENER[name] })).toEqual([
        `${name}: is never read with LKPS_AGENT_GATEWAY=separate; let \`lkps gateway\` have it`,
      ]);
    }
  });

  it('does not listen where the service does', () => {
    expect(problemsOf({ ...COMPLETE, LKPS_GATEWAY_PORT: '8080' })).toEqual([
      'LKPS_GATEWAY_PORT: is LKPS_PORT too; the gateway needs one of its own',
    ]);
    expect(problemsOf({ ...COMPLETE, LKPS_GATEWAY_PORT: '8080', LKPS_PORT: '8079' })).toEqual([]);
  });

  it.each([
    ['LKPS_AGENT_GATEWAY', ['', 'Embedded', 'none', 'true']],
    ['LKPS_AGENT_TOKEN_KEYS', ['', 'id', 'id:short', `a:${'x'.repeat(32)}`]],
    ['LKPS_GATEWAY_PORT', ['0', '65536', '']],
    ['LKPS_MAX_AGENT_WORKERS', ['0', '10001', '-1', '']],
    [
      'LKPS_GATEWAY_PUBLIC_URL',
      [
        'https://agents',
        'agents',
        '',
        'wss://canary@agents',
        'wss://a?x=1',
        'ws://a#x',
        'wss://a/agent',
        'wss://a/x/agent/',
      ],
    ],
  ] as const)('refuses what is not a value of %s', (name, values) => {
    for (const value of values) {
      const named = problemsOf({ ...COMPLETE, [name]: value }).filter((line) => line.startsWith(`${name}: `));
      expect(named, `${name}=${value}`).not.toEqual([]);
    }
  });

  it('is heard of at every start where there is none, or where others can read along', () => {
    const before = risksOf(parseServeConfig(COMPLETE).config, COMPLETE);
    const more = (env: Environment): readonly string[] =>
      risksOf(parseServeConfig(env).config, env).filter((risk) => !before.includes(risk));
    expect(more(OFF)).toEqual([
      "LKPS_AGENT_GATEWAY=off: any agent token can take any agent's jobs, tap them, and make itself a token for any room",
    ]);
    expect(more({ ...COMPLETE, LKPS_GATEWAY_PUBLIC_URL: 'ws://agents.example.test' })).toEqual([
      'LKPS_GATEWAY_PUBLIC_URL: tokens travel unencrypted to another host',
    ]);
    expect(more({ ...COMPLETE, LKPS_GATEWAY_PUBLIC_URL: 'ws://127.0.0.1:8081' })).toEqual([]);
    expect(more(SEPARATE)).toEqual([]);
  });
});

const SHARED = [
  ['the id of a key of LiveKit', `APIsign:${PLANTED.agentTokenSecret}`, "APIsign is a key of LiveKit's"],
  ['the id of a webhook key', `APIhook:${PLANTED.agentTokenSecret}`, "APIhook is a key of LiveKit's"],
  [
    "LiveKit's secret",
    `AGENT:${PLANTED.livekitSecret}`,
    'holds a secret that LKPS_LIVEKIT_KEYS holds already',
  ],
  [
    'a webhook secret',
    `AGENT:${PLANTED.webhookSecret}`,
    'holds a secret that LKPS_WEBHOOK_KEYS holds already',
  ],
] as const;

describe('keys of agent tokens', () => {
  it.each(SHARED)('never have %s, not even in second place', (_, key, why) => {
    for (const keys of [key, `OTHER:another-secret-that-is-32-bytes-long,${key}`]) {
      const problems = problemsOf({ ...COMPLETE, LKPS_AGENT_TOKEN_KEYS: keys });
      expect(problems).toEqual([expect.stringContaining(`LKPS_AGENT_TOKEN_KEYS: ${why}`)]);
    }
  });

  it('have a secret that opens nothing else', () => {
    const problems = problemsOf({ ...COMPLETE, LKPS_PROXY_SECRETS: PLANTED.agentTokenSecret });
    expect(problems).toEqual(['LKPS_PROXY_SECRETS: holds a secret that LKPS_AGENT_TOKEN_KEYS holds already']);
  });
});

/** The least that `lkps gateway` needs. */
const ALONE: Environment = Object.fromEntries(
  Object.entries(COMPLETE).filter(([name]) => (GATEWAY_PROCESS_SETTINGS as readonly string[]).includes(name)),
);

describe('a gateway alone', () => {
  it('needs nothing of what only the service reads', () => {
    const { config, secrets } = parseGatewayProcessConfig(ALONE);
    expect(config).toEqual({
      region: 'eu',
      livekitUrl: 'http://livekit.internal:7880',
      livekitPublicUrl: 'wss://livekit.example.test',
      listener: { host: '0.0.0.0', port: 8081, maxAgentWorkers: 100, trustedHops: 0 },
      tokenTtlMs: 3_600_000,
      rateLimits: { refusalRows: { requests: 60, windowMs: 60_000 } },
      databasePool: 10,
      databaseTransport: 'plaintext',
      logLevel: 'info',
    });
    expect(Object.keys(secrets)).toEqual(['databaseUrl', 'signingKey', 'agentTokenKeys', 'subjectKey']);
    expect(Object.keys(ALONE).filter((name) => /PROXY|WEBHOOK|DIRECTORY|PUBLIC_URL$/.test(name))).toEqual([
      'LKPS_LIVEKIT_PUBLIC_URL',
    ]);
  });

  it('names all that is missing at once', () => {
    const missing = Object.keys(ALONE).filter((name) => name !== 'LKPS_AGENT_TOKEN_KEYS');
    const problems = problemsOf({}, parseGatewayProcessConfig);
    expect(problems.filter((line) => line.endsWith(': is required'))).toEqual(
      expect.arrayContaining(missing.map((name) => `${name}: is required`)),
    );
    expect(problems).toContain('LKPS_AGENT_TOKEN_KEYS: is required by the gateway');
    expect(problems).toHaveLength(Object.keys(ALONE).length);
  });

  it("refuses keys that are LiveKit's too", () => {
    for (const [, keys, why] of SHARED.filter(([, key]) => !/hook/i.test(key))) {
      const env = { ...ALONE, LKPS_AGENT_TOKEN_KEYS: keys };
      expect(problemsOf(env, parseGatewayProcessConfig)).toEqual([expect.stringContaining(why)]);
    }
  });

  it('hears at its start of secrets it has no use for, and of what is no setting', () => {
    const risks = (env: Environment): readonly string[] =>
      gatewayProcessRisks(parseGatewayProcessConfig(env).config, env).filter(
        (risk) => !/unencrypted/.test(risk),
      );
    expect(risks({ ...ALONE, LKPS_PORT: '8080', LKPS_AGENT_GATEWAY: 'separate' })).toEqual([]);
    expect(
      risks({ ...ALONE, LKPS_WEBHOOK_KEYS: 'x', LKPS_PROXY_SECRETS_FILE: 'x', LKPS_GATEWAY: 'x' }),
    ).toEqual([
      'LKPS_WEBHOOK_KEYS: is a secret that the gateway has no use for',
      'LKPS_PROXY_SECRETS_FILE: is a secret that the gateway has no use for',
      'LKPS_GATEWAY: is not a setting of the service, and is ignored',
    ]);
    expect(risks({ ...ALONE, LKPS_REFUSAL_ROWS: 'off' })).toEqual([
      expect.stringMatching(/^LKPS_REFUSAL_ROWS=off/),
    ]);
  });

  it('says no secret in what is wrong, wherever one was put', () => {
    const planted = Object.values(PLANTED);
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(SETTINGS)), fc.constantFrom(...planted)),
        (misplaced) => {
          const said = problemsOf({ ...ALONE, ...misplaced }, parseGatewayProcessConfig).join('\n');
          expect(said).not.toContain('canary');
        },
      ),
      { numRuns: 100 },
    );
  });
});
