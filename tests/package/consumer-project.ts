import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PackedPackage } from './packed-package.ts';
import { npm, run } from './run.ts';

const PACKAGE = '@livekit-platform/service';
const INSTALL = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
let made = 0;

/** A project with nothing in it. */
export async function emptyProject({ folder }: PackedPackage): Promise<string> {
  made += 1;
  const project = join(folder, `project-${made}`);
  await mkdir(project);
  await writeJson(join(project, 'package.json'), { name: 'somebody-elses', private: true, type: 'module' });
  return project;
}

/** `npm install`, of what is named here or in its package.json. */
export async function install(project: string, ...packages: readonly string[]): Promise<void> {
  await npm(project, ...INSTALL, ...packages);
}

/** A project that has the package and exactly these others, which are taken from a project that has them all. */
export async function projectWith(
  packed: PackedPackage,
  store: string,
  packages: readonly string[],
): Promise<string> {
  const project = await emptyProject(packed);
  const target = join(project, 'node_modules', PACKAGE);
  await mkdir(target, { recursive: true });
  await run(project, 'tar', ['-xzf', packed.tarball, '-C', target, '--strip-components=1']);
  for (const name of packages) {
    const link = join(project, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(store, 'node_modules', name), link);
  }
  return project;
}

export interface Compiling {
  readonly files: Readonly<Record<string, string>>;
  readonly types: readonly string[];
  readonly resolution: 'nodenext' | 'bundler';
}

/** As strict as a project can be, and with none of this checkout's options. */
export async function writeSources(project: string, { files, types, resolution }: Compiling): Promise<void> {
  const module = resolution === 'nodenext' ? 'nodenext' : 'esnext';
  await writeJson(join(project, 'tsconfig.json'), {
    compilerOptions: {
      ...{ target: 'es2023', lib: ['es2023'], types, module, moduleResolution: resolution, noEmit: true },
      ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
      ...{ verbatimModuleSyntax: true, skipLibCheck: false },
    },
    files: Object.keys(files),
  });
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(project, name), text);
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
