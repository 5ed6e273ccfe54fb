import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  emptyProject,
  install,
  projectWith,
  writeSources,
  type Compiling,
} from '../package/consumer-project.ts';
import { declarationErrors } from '../package/compiled-declarations.ts';
import { readManifest, type Manifest } from '../package/manifest.ts';
import { packService, type PackedPackage } from '../package/packed-package.ts';
import { readPeerTable, type PeerRow } from '../package/peer-table.ts';
import { compile, evaluate, run, type Run } from '../package/run.ts';
import { ROOT } from '../support/platform-project.ts';

const MINUTES = 600_000;
const SHIPPED =
  /^(dist\/(core|adapters|composition)\/.+\.(js|d\.ts)|adapters\/http\/openapi\.yaml|docs\/embedding\.md|README\.md|CHANGELOG\.md|package\.json|)$/;

/** The guide's service and its gateway, over the same ports. */
const SERVICE_AND_GATEWAY = `
import { platformPorts, platformService, REGION, type Parts } from './block-1.js';
import { agentGateway, type GatewayParts } from './block-2.js';

export const both = (parts: Parts, log: GatewayParts['log']) => {
  const ports = platformPorts(parts);
  const { livekit, agents } = parts;
  const gateway = agentGateway({ ports, region: REGION, livekit, agentKeys: [agents.key], log });
  return { service: platformService(parts, ports), stop: () => gateway.stop() };
};
`;

describe('the packed package', () => {
  let manifest: Manifest;
  let table: readonly PeerRow[];
  let packed: PackedPackage;
  /** A project that has every peer, to take from. */
  let store: string;

  beforeAll(async () => {
    [manifest, table, packed] = await Promise.all([readManifest(), readPeerTable(), packService()]);
    store = await emptyProject(packed);
    const { peerDependencies, devDependencies } = manifest;
    const pinned = Object.keys(peerDependencies).map((name) => `${name}@${devDependencies[name] ?? ''}`);
    await install(store, ...pinned);
  }, MINUTES);
  afterAll(() => {
    packed.close();
  });

  const subpaths = (): readonly PeerRow[] => table.filter(({ entry }) => entry.startsWith('./'));
  const nameOf = ({ entry }: PeerRow): string => entry.replace('.', manifest.name);

  /** Imports a subpath where exactly these packages are. */
  const imported = async (row: PeerRow, packages: readonly string[]): Promise<Run> =>
    evaluate(
      await projectWith(packed, store, packages),
      `console.log(Object.keys(await import('${nameOf(row)}')).length > 0)`,
    );

  const compiled = async (packages: readonly string[], sources: Compiling): Promise<Run> => {
    const project = await projectWith(packed, store, packages);
    await writeSources(project, sources);
    return compile(project);
  };

  it('holds what an embedder needs, built anew: no source, no test, nothing stale', () => {
    expect(packed.files.length).toBeGreaterThan(100);
    expect(packed.files.filter((path) => !SHIPPED.test(path))).toEqual([]);
    expect(packed.files).toContain('dist/core/index.js');
    expect(packed.files).not.toContain('dist/core/removed.js');
  });

  it('brings nothing with it, and ./core works alone', async () => {
    const project = await emptyProject(packed);
    await install(project, packed.tarball);
    expect(await visible(`${project}/node_modules`)).toEqual(['@livekit-platform']);
    expect(await visible(`${project}/node_modules/@livekit-platform/service/node_modules`)).toEqual([]);
    const script = `
      import { foldSession, parseClientId, LkpsError } from '${manifest.name}/core';
      console.log(foldSession({}, []).state, parseClientId('C11E0000-0000-4000-8000-000000000001'));
      try { parseClientId('nobody') } catch (error) { console.log(error instanceof LkpsError, error.code) }`;
    const { code, output } = await evaluate(project, script);
    expect(output).toBe('starting c11e0000-0000-4000-8000-000000000001\ntrue invalid_request');
    expect(code).toBe(0);
  });

  it('can be required from CommonJS', async () => {
    const script = `console.log(typeof require('${manifest.name}/core').foldSession)`;
    const project = await projectWith(packed, store, []);
    const { output } = await run(project, process.execPath, ['--input-type=commonjs', '--eval', script]);
    expect(output).toBe('function');
  });

  it(
    'imports each subpath with the packages the guide names, and not without any one of them',
    async () => {
      for (const row of subpaths()) {
        expect([row.entry, await imported(row, row.packages)]).toEqual([
          row.entry,
          { code: 0, output: 'true' },
        ]);
        for (const absent of row.packages) {
          const { code, output } = await imported(
            row,
            row.packages.filter((name) => name !== absent),
          );
          expect([row.entry, absent, code]).toEqual([row.entry, absent, 1]);
          expect(output).toContain(`Cannot find package '${absent}'`);
        }
      }
    },
    MINUTES,
  );

  it(
    'compiles each subpath with the types the guide names, and not without any one of them',
    async () => {
      for (const row of subpaths()) {
        const files = { 'index.ts': `export * from '${nameOf(row)}';\n` };
        const withTypes = async (
          named: readonly string[],
          judged: 'own' | 'every',
        ): Promise<readonly string[]> => {
          const project = await projectWith(packed, store, [...row.packages, ...named]);
          const types = named.includes('@types/node') ? ['node'] : [];
          await writeSources(project, { files, types, resolution: 'nodenext' });
          return declarationErrors(project, judged);
        };
        expect([row.entry, await withTypes(row.types, 'own')]).toEqual([row.entry, []]);
        for (const absent of row.types) {
          const errors = await withTypes(
            row.types.filter((name) => name !== absent),
            'every',
          );
          expect([row.entry, absent, errors]).not.toEqual([row.entry, absent, []]);
        }
      }
    },
    MINUTES,
  );

  it(
    'compiles the code of the guide, also the way bundlers resolve',
    async () => {
      const guide = await readFile(`${ROOT}docs/embedding.md`, 'utf8');
      const blocks = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);
      expect(blocks.length).toBe(5);
      const every = subpaths().map(
        (row) => `export * as a${String(row.entry.length)} from '${nameOf(row)}';`,
      );
      const files = Object.fromEntries(
        [...blocks, ...every, SERVICE_AND_GATEWAY].map((code, index) => [`block-${index}.ts`, code]),
      );
      for (const resolution of ['nodenext', 'bundler'] as const) {
        const peers = Object.keys(manifest.peerDependencies);
        expect(await compiled(peers, { files, types: ['node'], resolution })).toEqual({
          code: 0,
          output: '',
        });
      }
    },
    MINUTES,
  );

  it(
    'has a command that names every package it misses, and runs where none is missing',
    async () => {
      const row = table.find(({ entry }) => entry === 'lkps') ?? expect.unreachable();
      const lkps = async (packages: readonly string[]): Promise<Run> => {
        const project = await projectWith(packed, store, packages);
        const launcher = `${project}/node_modules/${manifest.name}/${manifest.bin.lkps}`;
        return run(project, process.execPath, [launcher, 'help']);
      };
      for (const present of [[], row.packages.slice(3), row.packages.slice(0, -1)]) {
        const { code, output } = await lkps(present);
        const missing = row.packages.filter((name) => !present.includes(name));
        const named = [...output.matchAll(/"(.+?)@[\^>=\d.]+"/g)].map(([, name]) => name);
        expect(named).toEqual(missing);
        expect(output).not.toMatch(/^\s+at /m);
        expect(code).toBe(1);
      }
      const { code, output } = await lkps(row.packages);
      expect([code, output.split('\n')[0]]).toEqual([0, 'usage: lkps <command>']);
    },
    MINUTES,
  );
});

/** The entries of a folder that are packages; none where there is no such folder. */
async function visible(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => !name.startsWith('.'));
}
