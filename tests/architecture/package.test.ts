import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { moduleEntries, readExampleManifest, readManifest, type Manifest } from '../package/manifest.ts';
import { readPeerTable, type PeerRow } from '../package/peer-table.ts';
import { isInRange } from '../package/version-range.ts';
import { ROOT } from '../support/platform-project.ts';

const LAUNCHER = 'lkps';

describe('the npm package', () => {
  let manifest: Manifest;
  let table: readonly PeerRow[];
  beforeAll(async () => {
    [manifest, table] = await Promise.all([readManifest(), readPeerTable()]);
  });

  /** Each way in -> its source. */
  const sources = (): ReadonlyMap<string, string> =>
    new Map([
      ...[...moduleEntries(manifest)].map(([subpath, at]) => [subpath, sourceOf(at.default)] as const),
      [LAUNCHER, sourceOf(`./${manifest.bin.lkps}`)],
    ]);

  it('brings nothing with it: every library is an optional peer, and pinned for this checkout', () => {
    const { dependencies = {}, peerDependencies, peerDependenciesMeta, devDependencies } = manifest;
    expect(dependencies).toEqual({});
    expect(Object.keys(peerDependenciesMeta)).toEqual(Object.keys(peerDependencies));
    const outside = Object.entries(peerDependencies).filter(
      ([name, range]) => !isInRange(devDependencies[name] ?? 'not pinned', range),
    );
    expect(outside).toEqual([]);
  });

  it('has a subpath for every adapter, each with its types and a source', async () => {
    const adapters = await readdir(`${ROOT}adapters`);
    expect([...moduleEntries(manifest).keys()]).toEqual(
      expect.arrayContaining(['./core', ...adapters.map((name) => `./${name}`)]),
    );
    for (const [, at] of moduleEntries(manifest)) {
      expect(at.types).toBe(at.default.replace(/\.js$/, '.d.ts'));
    }
    expect([...sources().values()].filter((source) => !existsSync(`${ROOT}${source}`))).toEqual([]);
  });

  it(
    'imports per subpath exactly the packages that docs/embedding.md says',
    { timeout: 60_000 },
    async () => {
      const imported = await Promise.all(
        [...sources()].map(async ([entry, source]) => [entry, await packagesOf(source)] as const),
      );
      expect(imported).toEqual(table.map(({ entry, packages }) => [entry, packages]));
    },
  );

  it('has a guide that names only files that are there', async () => {
    const guide = await readFile(`${ROOT}docs/embedding.md`, 'utf8');
    const linked = [...guide.matchAll(/\]\(([^)#]+)\)/g)].map(([, path = '']) => `docs/${path}`);
    const named = [...guide.matchAll(/`(tests\/[\w./-]+)`/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(8);
    expect([...linked, ...named].filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
  });

  it('has a guide whose first lines install what its samples import, and their types, and nothing else', async () => {
    const guide = await readFile(`${ROOT}docs/embedding.md`, 'utf8');
    const samples = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code).join('\n');
    const imports = [...samples.matchAll(/ from '([^']+)';/g)].map(([, name = '']) => name);
    const rows = table.filter(({ entry }) => imports.includes(entry.replace('.', manifest.name)));
    const own = imports.filter((name) => !name.startsWith(manifest.name));
    expect(installedBy(guide, 'npm install koa')).toEqual(
      sorted([...own, ...rows.flatMap(({ packages }) => packages)]),
    );
    expect(installedBy(guide, 'npm install -D')).toEqual(
      sorted(['typescript', ...rows.flatMap(({ types }) => types)]),
    );
  });

  it('needs nothing at all for ./core', () => {
    expect(table.find(({ entry }) => entry === './core')).toMatchObject({ packages: [], types: [] });
  });

  it('names as a peer what some subpath uses, and nothing else; the launcher asks for all that runs', () => {
    const used = table.flatMap(({ packages, types }) => [...packages, ...types]);
    const peers = Object.keys(manifest.peerDependencies);
    expect([...new Set(used)].sort()).toEqual(peers.toSorted());
    const running = peers.filter((name) => !name.startsWith('@types/'));
    expect(table.find(({ entry }) => entry === LAUNCHER)?.packages).toEqual(running.toSorted());
  });

  it('is used by the example through its subpaths only, with the peers of those and no other', async () => {
    const { dependencies, devDependencies } = await readExampleManifest();
    const imports = await importsOfExample();
    const outside = imports.filter((name) => name.startsWith('.') && !/^\.\/[a-z-]+\.ts$/.test(name));
    expect(outside).toEqual([]);

    const rows = table.filter(({ entry }) => imports.includes(entry.replace('.', manifest.name)));
    const needed = rows.flatMap(({ packages }) => packages);
    const own = imports.filter((name) => !/^\.|^node:|^@livekit-platform\//.test(name));
    expect(Object.keys(dependencies).sort()).toEqual([...new Set([manifest.name, ...needed, ...own])].sort());
    expect(dependencies[manifest.name]).toBe(manifest.version);
    for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect(isInRange(range.replace('^', ''), manifest.peerDependencies[name] ?? '>=0')).toBe(true);
    }
  });
});

/** The packages a line of the guide installs, without versions. */
function installedBy(guide: string, command: string): readonly string[] {
  const line = guide.split('\n').find((text) => text.startsWith(command));
  const [text = ''] = (line ?? '').split('#');
  const words = text.trim().split(/\s+/).slice(2);
  return sorted(
    words
      .map((word) => packageOf(word.replaceAll('"', '').replace(/(?<=.)@.*$/, '')))
      .filter((name) => name !== '-D'),
  );
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted();
}

/** What a module really imports when Node loads it, directly or through others, without Node's own. */
async function packagesOf(entry: string): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [`${ROOT}${entry}`],
    absWorkingDir: ROOT,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
    ignoreAnnotations: true, // Node knows nothing of sideEffects
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  const packages = imports.filter(({ external, path }) => external === true && !isBuiltin(path));
  return [...new Set(packages.map(({ path }) => packageOf(path)))].sort();
}

function packageOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

function sourceOf(target: string): string {
  return target.replace('./dist/', '').replace(/\.js$/, '.ts');
}

async function importsOfExample(): Promise<readonly string[]> {
  const folder = `${ROOT}examples/embedded`;
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts'));
  const texts = await Promise.all(files.map((name) => readFile(`${folder}/${name}`, 'utf8')));
  return texts.flatMap((text) => [...text.matchAll(/ from '([^']+)';/g)].map(([, name = '']) => name));
}
