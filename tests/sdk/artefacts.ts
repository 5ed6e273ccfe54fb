import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { runToEnd } from '../../dev/process/run-to-end.ts';
import { npm, run } from '../package/run.ts';
import { ROOT } from '../support/platform-project.ts';
import { makeEnvironment, uvInstall } from '../support/python-environment.ts';
import { installerEnvironment, installUv } from '../support/python-uv.ts';
import { usualInterpreter } from './python.ts';

const PROGRAMS = fileURLToPath(new URL('.', import.meta.url));
const INSTALL = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];

export interface PythonArtefacts {
  readonly wheel: string;
  readonly sdist: string;
}

/** As they would be handed on, of the checkout as it is. */
export async function buildPython(folder: string): Promise<PythonArtefacts> {
  const out = join(folder, 'dist');
  const args = ['build', '--quiet', '--no-config', '--out-dir', out, `${ROOT}sdk/python`];
  const command = await installUv(() => undefined);
  const { path } = await usualInterpreter();
  await runToEnd({
    name: 'uv build',
    command,
    args: [...args, '--python', path],
    env: installerEnvironment(),
  });
  const names = await readdir(out);
  const named = (suffix: string): string => join(out, names.find((name) => name.endsWith(suffix)) ?? suffix);
  return { wheel: named('.whl'), sdist: named('.tar.gz') };
}

/** The paths in an archive of either kind. */
export async function contentsOf(archive: string): Promise<readonly string[]> {
  const { path } = await usualInterpreter();
  const module = archive.endsWith('.whl') ? 'zipfile' : 'tarfile';
  const { output } = await run(ROOT, path, ['-m', module, '-l', archive]);
  return output
    .split('\n')
    .map((line) => line.trim().split(/\s/)[0] ?? '')
    .filter((name) => name.includes('/'));
}

const metadata = z.object({
  version: z.string(),
  python: z.string().nullable(),
  requires: z.array(z.string()),
});

/** What an installed distribution says of itself. */
export async function metadataOf(python: string, name: string): Promise<z.infer<typeof metadata>> {
  const script = [
    'import json, sys',
    'from importlib.metadata import distribution',
    'd = distribution(sys.argv[1])',
    'print(json.dumps({"version": d.version, "python": d.metadata["Requires-Python"], "requires": d.requires or []}))',
  ].join('\n');
  const { output } = await run(ROOT, python, ['-c', script, name]);
  return metadata.parse(JSON.parse(output));
}

/** An agent's program in a folder of its own, and the Python that the artefact alone was installed into. */
export interface Installed {
  readonly program: string;
  readonly python: string;
}

export async function installPythonArtefact(
  folder: string,
  archive: string,
  ...options: readonly string[]
): Promise<Installed> {
  const [uv, { path }] = await Promise.all([installUv(() => undefined), usualInterpreter()]);
  const environment = join(folder, 'venv');
  await makeEnvironment({ uv, folder: environment, path });
  await uvInstall({ uv, folder: environment }, archive, ...options);
  for (const name of ['agent.py', 'echo.py', 'probe.py']) await cp(join(PROGRAMS, name), join(folder, name));
  return { program: join(folder, 'agent.py'), python: join(environment, 'bin', 'python') };
}

/** Path -> text of every file of the package that was installed, but for what running it left there. */
export async function codeOf({ python }: Installed): Promise<Readonly<Record<string, string>>> {
  const script = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  const { output } = await run(ROOT, python, ['-c', script]);
  const folder = join(output, 'bayer_livekit_sdk');
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = files.map(async (file) => [relative(folder, file), await readFile(file, 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}

/** `npm pack` in a copy, so that the checkout's `dist/` is not touched. */
export async function packNpm(folder: string): Promise<string> {
  const copy = join(folder, 'checkout', 'sdk', 'typescript');
  await mkdir(copy, { recursive: true });
  await cp(join(ROOT, 'tsconfig.base.json'), join(folder, 'checkout', 'tsconfig.base.json'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'checkout', 'node_modules'));
  const source = join(ROOT, 'sdk', 'typescript');
  for (const name of await readdir(source)) {
    if (!['node_modules', 'dist', 'tests'].includes(name)) {
      await cp(join(source, name), join(copy, name), { recursive: true });
    }
  }
  await npm(copy, 'pack', '--pack-destination', folder);
  const names = await readdir(folder);
  return join(folder, names.find((name) => name.endsWith('.tgz')) ?? 'not packed');
}

/** An agent's program in an empty project with nothing installed but the tarball. */
export async function installNpmArtefact(folder: string, tarball: string): Promise<string> {
  const project = join(folder, 'project');
  await mkdir(project);
  const manifest = { name: 'somebody-elses', private: true, type: 'module' };
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest));
  await npm(project, ...INSTALL, tarball);
  for (const name of ['agent.ts', 'echo.ts', 'probe.ts']) {
    const text = await readFile(join(PROGRAMS, name), 'utf8');
    const own = text.replaceAll('../../sdk/typescript/src/index.ts', '@livekit-platform/agents');
    await writeFile(join(project, name), own);
  }
  return join(project, 'agent.ts');
}
