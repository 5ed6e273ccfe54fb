import {
  ClientSecretCredential,
  ManagedIdentityCredential,
  WorkloadIdentityCredential,
} from '@azure/identity';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { GraphApplicationDirectory } from '../../adapters/directory-graph/index.ts';
import { parseServeConfig } from '../../composition/config.ts';
import { graphCredential } from '../../composition/graph-credential.ts';
import { openDirectory } from '../../composition/open-directory.ts';
import { risksOf } from '../../composition/risks.ts';
import type { Environment } from '../../composition/setting-values.ts';
import { problemsOf } from '../support/config-problems.ts';
import { FixedClock } from '../support/fixed-clock.ts';
import { COMPLETE, PLANTED } from '../support/platform-environment.ts';
import { ROOT } from '../support/platform-project.ts';

const TENANT = '7e4a0000-0000-4000-8000-000000000001';
const CLIENT = 'c11e0000-0000-4000-8000-000000000001';
const SECRET = 'canary-of-a-secret-of-graph-0123456789';
const GRAPH: Environment = { ...COMPLETE, LKPS_DIRECTORY: 'graph', LKPS_ENTRA_TENANT_ID: TENANT };
const WITH_SECRET: Environment = {
  ...GRAPH,
  LKPS_GRAPH_CLIENT_ID: CLIENT,
  LKPS_GRAPH_CLIENT_SECRET: SECRET,
};

function directoryOf(env: Environment): unknown {
  return parseServeConfig(env).config.directory;
}

describe('the directory of Graph', () => {
  it("needs the tenant only, and is then Microsoft's", () => {
    expect(directoryOf(GRAPH)).toEqual({
      source: 'graph',
      tenantId: TENANT,
      graphUrl: 'https://graph.microsoft.com',
      authority: 'https://login.microsoftonline.com',
    });
    expect(problemsOf({ ...GRAPH, LKPS_ENTRA_TENANT_ID: undefined })).toEqual([
      'LKPS_ENTRA_TENANT_ID: is required with LKPS_DIRECTORY=graph',
    ]);
  });

  it('may be that of another cloud, and says at start when it is of nobody known', () => {
    const elsewhere = {
      LKPS_GRAPH_URL: 'https://graph.example.test',
      LKPS_ENTRA_AUTHORITY: 'https://login.example.test',
    };
    const env = { ...GRAPH, ...elsewhere };
    expect(directoryOf(env)).toMatchObject({
      graphUrl: elsewhere.LKPS_GRAPH_URL,
      authority: elsewhere.LKPS_ENTRA_AUTHORITY,
    });
    const risks = (risky: Environment): string => risksOf(parseServeConfig(risky).config, risky).join();
    expect(risks(env)).toContain('LKPS_GRAPH_URL: is not of Microsoft');
    for (const cloud of ['https://graph.microsoft.us', 'https://microsoftgraph.chinacloudapi.cn']) {
      expect(risks({ ...GRAPH, LKPS_GRAPH_URL: cloud })).not.toContain('LKPS_GRAPH_URL');
    }
  });

  it('takes a secret with the id it is of only, and never one that has another purpose', () => {
    expect(parseServeConfig(WITH_SECRET).secrets.graphClientSecret?.reveal()).toBe(SECRET);
    expect(JSON.stringify(parseServeConfig(WITH_SECRET))).not.toContain(SECRET);
    expect(problemsOf({ ...WITH_SECRET, LKPS_GRAPH_CLIENT_ID: undefined })).toEqual([
      'LKPS_GRAPH_CLIENT_ID: is required with LKPS_GRAPH_CLIENT_SECRET',
    ]);
    expect(problemsOf({ ...WITH_SECRET, LKPS_GRAPH_CLIENT_SECRET: PLANTED.subjectKey })).toEqual([
      'LKPS_GRAPH_CLIENT_SECRET: holds a secret that LKPS_SUBJECT_KEY holds already',
    ]);
  });

  it.for(['LKPS_GRAPH_URL', 'LKPS_GRAPH_CLIENT_ID', 'LKPS_GRAPH_CLIENT_SECRET'])(
    'is the only one that reads %s',
    (name) => {
      const graph: Environment = { ...WITH_SECRET, LKPS_GRAPH_URL: 'https://graph.microsoft.com' };
      expect(problemsOf({ ...COMPLETE, [name]: graph[name] })).toEqual([
        `${name}: is never read without LKPS_DIRECTORY=graph`,
      ]);
    },
  );

  it('does not read what is of tokens', () => {
    expect(problemsOf({ ...GRAPH, LKPS_ENTRA_CLIENTS: CLIENT })).toEqual([
      expect.stringContaining('LKPS_ENTRA_CLIENTS: is never read'),
    ]);
  });

  it('is read by the application whose secret is there, else by the identity of workload or machine', () => {
    const credentialOf = (env: Environment, azure: Environment = {}): unknown => {
      const { config, secrets } = parseServeConfig(env);
      return config.directory.source === 'graph'
        ? graphCredential(config.directory, secrets.graphClientSecret, azure)
        : undefined;
    };
    const inKubernetes = { AZURE_FEDERATED_TOKEN_FILE: '/var/run/token' };
    const withId = { ...GRAPH, LKPS_GRAPH_CLIENT_ID: CLIENT };
    expect(credentialOf(WITH_SECRET, inKubernetes)).toBeInstanceOf(ClientSecretCredential);
    expect(credentialOf(GRAPH)).toBeInstanceOf(ManagedIdentityCredential);
    expect(credentialOf(withId)).toBeInstanceOf(ManagedIdentityCredential);
    expect(credentialOf(withId, inKubernetes)).toBeInstanceOf(WorkloadIdentityCredential);
    expect(() => credentialOf(GRAPH, inKubernetes)).toThrow('LKPS_GRAPH_CLIENT_ID');
  });

  it('opens without asking anybody', async () => {
    const away = {
      ...WITH_SECRET,
      LKPS_GRAPH_URL: 'https://127.0.0.1:9',
      LKPS_ENTRA_AUTHORITY: 'https://127.0.0.1:9',
    };
    const directory = await openDirectory(parseServeConfig(away), new FixedClock());
    expect(directory).toBeInstanceOf(GraphApplicationDirectory);
  });

  it('loads @azure/identity where it is chosen, and nowhere else', async () => {
    const { metafile } = await build({
      entryPoints: ['composition/cli.ts', 'composition/main-lambda.ts'],
      absWorkingDir: ROOT,
      outdir: 'unwritten',
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      metafile: true,
      write: false,
    });
    const importers = (path: string): readonly (readonly [string, string])[] =>
      Object.entries(metafile.inputs).flatMap(([input, { imports }]) =>
        imports.filter((found) => found.path === path).map(({ kind }) => [input, kind] as const),
      );
    expect(importers('@azure/identity')).toEqual([['composition/graph-credential.ts', 'import-statement']]);
    expect(importers('composition/graph-credential.ts')).toEqual([
      ['composition/open-directory.ts', 'dynamic-import'],
    ]);
  });
});
