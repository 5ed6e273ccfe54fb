import { describe, expect, it } from 'vitest';
import { ConfigError, parseServeConfig } from '../../composition/config.ts';
import { serve } from '../../composition/main-koa.ts';
import { risksOf } from '../../composition/risks.ts';
import type { Environment } from '../../composition/setting-values.ts';
import { COMPLETE } from '../support/platform-environment.ts';

const CLIENT = 'c11e0000-0000-4000-8000-000000000001';
const TENANT = '7e4a0000-0000-4000-8000-000000000001';
const BEHIND_AUTHORIZER: Environment = {
  ...COMPLETE,
  LKPS_PROXY_SECRETS: undefined,
  LKPS_IDENTITY: 'authorizer',
  LKPS_ENTRA_TENANT_ID: TENANT.toUpperCase(),
  LKPS_ENTRA_AUDIENCES: `api://lkps.example.test,${CLIENT}`,
  LKPS_ENTRA_CLIENTS: CLIENT.toUpperCase(),
};

function problemsOf(env: Environment): readonly string[] {
  try {
    parseServeConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems;
    }
    throw error;
  }
}

describe('an identity from an authorizer', () => {
  it('is trusted for one tenant, its audiences and the clients of the list', () => {
    expect(parseServeConfig(BEHIND_AUTHORIZER).config.identity).toEqual({
      source: 'authorizer',
      trust: {
        tenantId: TENANT,
        audiences: ['api://lkps.example.test', CLIENT],
        clients: new Set([CLIENT]),
      },
    });
  });

  it.for(['LKPS_ENTRA_TENANT_ID', 'LKPS_ENTRA_AUDIENCES', 'LKPS_ENTRA_CLIENTS'])('needs %s', (name) => {
    expect(problemsOf({ ...BEHIND_AUTHORIZER, [name]: undefined })).toEqual([
      `${name}: is required with LKPS_IDENTITY=authorizer`,
    ]);
  });

  it.for([
    ['LKPS_PROXY_PROOF', 'network'],
    ['LKPS_PROXY_SECRETS', COMPLETE['LKPS_PROXY_SECRETS']],
    ['LKPS_APPLICATION_EVIDENCE', 'headers'],
  ] as const)('has no use for %s, and says so', ([name, value]) => {
    expect(problemsOf({ ...BEHIND_AUTHORIZER, [name]: value })).toContain(
      `${name}: is never read with LKPS_IDENTITY=authorizer`,
    );
  });

  it('is nothing a container can have: it does not start', async () => {
    const parsed = parseServeConfig(BEHIND_AUTHORIZER);
    await expect(serve({ ...parsed, warnings: [] })).rejects.toThrow(
      /^LKPS_IDENTITY=authorizer: only the Lambda/,
    );
  });

  it('is never half configured', () => {
    expect(problemsOf({ ...COMPLETE, LKPS_ENTRA_CLIENTS: CLIENT })).toEqual([
      'LKPS_ENTRA_CLIENTS: is never read without LKPS_IDENTITY=authorizer',
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
