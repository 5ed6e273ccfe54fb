import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createTemporaryDirectory, removeDirectory } from '../../dev/process/temporary-directory.ts';
import { ROOT } from '../support/platform-project.ts';
import { npm, run } from './run.ts';

/** What packing reads, and what it must leave out. */
const CHECKOUT = ['package.json', 'tsconfig.base.json', 'tsconfig.build.json', 'README.md', 'CHANGELOG.md'];
const FOLDERS = ['core', 'adapters', 'composition', 'docs', 'dev', 'tests', 'examples'];

/** The service's npm package as it would be handed on, in a folder that projects can be made in. */
export interface PackedPackage {
  readonly tarball: string;
  /** The paths in it. */
  readonly files: readonly string[];
  readonly folder: string;
  readonly close: () => void;
}

/** `npm pack` in a copy of the checkout, so that nobody's `dist/` matters, with a stale file planted in it. */
export async function packService(): Promise<PackedPackage> {
  const folder = await createTemporaryDirectory('lkps-package-');
  try {
    const copy = join(folder, 'checkout');
    for (const path of [...CHECKOUT, ...FOLDERS]) {
      await cp(join(ROOT, path), join(copy, path), {
        recursive: true,
        filter: (source) => basename(source) !== 'node_modules',
      });
    }
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    await mkdir(join(copy, 'dist/core'), { recursive: true });
    await writeFile(join(copy, 'dist/core/removed.js'), 'export {};\n');
    await npm(copy, 'pack', '--pack-destination', folder);
    const packed = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
    const tarball = join(folder, packed[0] ?? 'not packed');
    const { output } = await run(folder, 'tar', ['-tzf', tarball]);
    const files = output.split('\n').map((path) => path.replace('package/', ''));
    return {
      tarball,
      files,
      folder,
      close: () => {
        removeDirectory(folder);
      },
    };
  } catch (error) {
    removeDirectory(folder);
    throw error;
  }
}
