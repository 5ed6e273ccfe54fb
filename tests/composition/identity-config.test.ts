import { describe, expect, it } from 'vitest';
import { parseServeConfig } from '../../composition/config.ts';
import { serve } from '../../composition/main-koa.ts';
import { risksOf } from '../../composition/risks.ts';
import type { Environment } from '../../composition/setting-values.ts';
import { problemsOf } from '../support/config-problems.ts';
import { COMPLETE } from '../support/platform-environment.ts';

const CLIENT = 'c11e0000-0000-4000-8000-000000000001';
const TENANT = '7e4a0000-0000-4000-8000-000000000001';
const TRUSTED = {
  LKPS_ENTRA_TENANT_ID: TENANT.toUpperCase(),
  LKPS_ENTRA_AUDIENCES: `api://lkps.example.test,${CLIENT}`,
  LKPS_ENTRA_CLIENTS: CLIENT.toUpperCase(),
};
const trust = {
  tenantId: TENANT,
  authority: 'https://login.microsoftonline.com',
  audiences: ['api://lkps.example.test', CLIENT],
  clients: new Set([CLIENT]),
};
const withTokens = (identity: 'authorizer' | 'entra'): Environment => ({
  ...COMPLETE,
  ...TRUSTED,
  LKPS_PROXY_SECRETS: undefined,
  LKPS_IDENTITY: identity,
});
const BEHIND_AUTHORIZER = withTokens('authorizer');
const WITH_EVIDENCE: Environment = { ...COMPLETE, ...TRUSTED, LKPS_APPLICATION_EVIDENCE: 'token' };

describe.each([
  ['an authorizer', BEHIND_AUTHORIZER, 'LKPS_IDENTITY=authorizer', { source: 'authorizer' }],
  ['the Entra token', withTokens('entra'), 'LKPS_IDENTITY=entra', { source: 'entra' }],
  [
    'the token Ocelot forwards',
    WITH_EVIDENCE,
    'LKPS_APPLICATION_EVIDENCE=token',
    { source: 'ocelot', evidence: 'token' },
  ],
] as const)('an identity from %s', (_, env, by, identity) => {
  it('is trusted for one tenant, its audiences and the clients of the list', () => {
    expect(parseServeConfig(env).config.identity).toEqual({ ...identity, tokens: { trust } });
  });

  it.for(Object.keys(TRUSTED))('needs %s', (name) => {
    expect(problemsOf({ ...env, [name]: undefined })).toEqual([`${name}: is required with ${by}`]);
  });

  it('may ask for a role', () => {
    const { config } = parseServeConfig({ ...env, LKPS_REQUIRED_ROLE: 'Platform.Use' });
    expect(config.identity).toEqual({ ...identity, tokens: { trust, requiredRole: 'Platform.Use' } });
  });

  it('is of the cloud of Microsoft, and its operator hears of any other', () => {
    expect(parseServeConfig(env).config.identity).toMatchObject({ tokens: { trust } });
    const elsewhere = { ...env, LKPS_ENTRA_AUTHORITY: 'https://localhost:8443' };
    const { config } = parseServeConfig(elsewhere);
    expect(config.identity).toMatchObject({ tokens: { trust: { authority: 'https://localhost:8443' } } });
    const ofAuthority = (lines: readonly string[]) =>
      lines.filter((line) => line.includes('ENTRA_AUTHORITY'));
    expect(ofAuthority(risksOf(config, elsewhere))).toHaveLength(1);
    expect(ofAuthority(risksOf(parseServeConfig(env).config, env))).toEqual([]);
  });
});

describe.each(['authorizer', 'entra'] as const)('LKPS_IDENTITY=%s', (source) => {
  it.for([
    ['LKPS_PROXY_PROOF', 'network'],
    ['LKPS_PROXY_SECRETS', COMPLETE['LKPS_PROXY_SECRETS']],
    ['LKPS_APPLICATION_EVIDENCE', 'headers'],
    ['LKPS_APPLICATION_EVIDENCE', 'token'],
  ] as const)('has no use for %s, and says so', ([name, value]) => {
    expect(problemsOf({ ...withTokens(source), [name]: value })).toEqual([
      `${name}: is never read with LKPS_IDENTITY=${source}`,
    ]);
  });
});

describe('an identity from an authorizer', () => {
  it('is nothing a container can have: it does not start', async () => {
    const parsed = parseServeConfig(BEHIND_AUTHORIZER);
    await expect(serve({ ...parsed, warnings: [] })).rejects.toThrow(
      /^LKPS_IDENTITY=authorizer: only the Lambda/,
    );
  });
});

describe("an identity from Ocelot's headers alone", () => {
  it.for(Object.keys(TRUSTED))('has no use for %s, and says so', (name) => {
    for (const evidence of ['directory', 'headers']) {
      const env = { ...COMPLETE, LKPS_APPLICATION_EVIDENCE: evidence, [name]: TENANT };
      expect(problemsOf(env)).toEqual([
        expect.stringMatching(new RegExp(`^${name}: is never read without `)),
      ]);
    }
  });

  it('carries no roles: one that is required, and that nobody would check, does not start', () => {
    for (const evidence of ['directory', 'headers']) {
      const env = { ...COMPLETE, LKPS_APPLICATION_EVIDENCE: evidence, LKPS_REQUIRED_ROLE: 'Platform.Use' };
      expect(problemsOf(env)).toEqual([expect.stringMatching(/^LKPS_REQUIRED_ROLE: .*Client Access List/)]);
    }
  });

  it('needs the proof of Ocelot also where the token is evidence', () => {
    expect(problemsOf({ ...WITH_EVIDENCE, LKPS_PROXY_SECRETS: undefined })).toEqual([
      expect.stringMatching(/^LKPS_PROXY_SECRETS: is required/),
    ]);
  });
});

describe('the sign-in of Entra', () => {
  const authority = { LKPS_ENTRA_AUTHORITY: 'https://login.microsoftonline.us' };

  it('is refused where nothing reads it', () => {
    expect(problemsOf({ ...COMPLETE, ...authority })).toEqual([
      'LKPS_ENTRA_AUTHORITY: is never read without LKPS_IDENTITY=entra or authorizer, or LKPS_APPLICATION_EVIDENCE=token, or LKPS_DIRECTORY=graph',
    ]);
  });

  it('is read for tokens, and for Graph', () => {
    const graph = { LKPS_DIRECTORY: 'graph', LKPS_ENTRA_TENANT_ID: TENANT };
    for (const env of [WITH_EVIDENCE, withTokens('entra'), BEHIND_AUTHORIZER, { ...COMPLETE, ...graph }]) {
      expect(problemsOf({ ...env, ...authority })).toEqual([]);
    }
  });

  it('is not called unread while it is unknown which directory is meant', () => {
    expect(problemsOf({ ...COMPLETE, ...authority, LKPS_DIRECTORY: 'Graph' })).toEqual([
      'LKPS_DIRECTORY: must be graph or file:<path>',
    ]);
  });
});

describe('pages that may call', () => {
  it('are known by their origins', () => {
    const env = { ...COMPLETE, LKPS_CORS_ORIGINS: 'https://app.example.test,http://localhost:5173' };
    const { config } = parseServeConfig(env);
    expect(config.corsOrigins).toEqual(['https://app.example.test', 'http://localhost:5173']);
    expect(risksOf(config, env)).toEqual(risksOf(parseServeConfig(COMPLETE).config, COMPLETE));
  });

  it('are warned of where anyone on the way can change them', () => {
    const env = { ...COMPLETE, LKPS_CORS_ORIGINS: 'http://app.example.test' };
    const warnings = risksOf(parseServeConfig(env).config, env);
    expect(warnings.filter((line) => line.startsWith('LKPS_CORS_ORIGINS: '))).toHaveLength(1);
  });
});
