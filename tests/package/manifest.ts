import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ROOT } from '../support/platform-project.ts';

const versions = z.record(z.string(), z.string());
const target = z.union([z.string(), z.strictObject({ types: z.string(), default: z.string() })]);
const manifest = z.object({
  name: z.string(),
  version: z.string(),
  private: z.literal(true),
  exports: z.record(z.string(), target),
  bin: z.strictObject({ lkps: z.string() }),
  dependencies: versions.optional(),
  peerDependencies: versions,
  peerDependenciesMeta: z.record(z.string(), z.strictObject({ optional: z.literal(true) })),
  devDependencies: versions,
});
const exampleManifest = z.object({ dependencies: versions, devDependencies: versions });

/** package.json, as far as who installs the package sees it. */
export type Manifest = z.output<typeof manifest>;

export async function readManifest(): Promise<Manifest> {
  return manifest.parse(JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')));
}

/** The package.json of examples/embedded. */
export async function readExampleManifest(): Promise<z.output<typeof exampleManifest>> {
  return exampleManifest.parse(JSON.parse(await readFile(`${ROOT}examples/embedded/package.json`, 'utf8')));
}

/** The subpaths that are modules: neither package.json nor the contract as a file. */
export function moduleEntries({
  exports,
}: Manifest): ReadonlyMap<string, { types: string; default: string }> {
  return new Map(
    Object.entries(exports).flatMap(([subpath, at]) => (typeof at === 'string' ? [] : [[subpath, at]])),
  );
}
