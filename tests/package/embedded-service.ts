import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild, type Child } from '../../dev/process/child.ts';
import { probeStatus } from '../../dev/process/http-probe.ts';
import { ROOT } from '../support/platform-project.ts';
import { emptyProject, install } from './consumer-project.ts';
import type { PackedPackage } from './packed-package.ts';

const EXAMPLE = `${ROOT}examples/embedded`;
const READY_MS = 30_000;

/** examples/embedded in a project of its own: its files, the tarball, and what its package.json names. */
export async function installExample(packed: PackedPackage): Promise<string> {
  const project = await emptyProject(packed);
  for (const name of await readdir(EXAMPLE)) {
    await cp(join(EXAMPLE, name), join(project, name));
  }
  const manifest = await readFile(join(project, 'package.json'), 'utf8');
  const named = /("@livekit-platform\/service": )"[^"]+"/;
  await writeFile(join(project, 'package.json'), manifest.replace(named, `$1"file:${packed.tarball}"`));
  await install(project);
  return project;
}

export interface EmbeddedService {
  readonly url: string;
  readonly child: Child;
  readonly log: readonly string[];
}

/** Runs it as its README says, until it is healthy. */
export async function startExample(
  project: string,
  env: Readonly<Record<string, string>>,
  port: number,
): Promise<EmbeddedService> {
  const log: string[] = [];
  const child = await startChild({
    name: 'examples/embedded',
    command: process.execPath,
    args: ['main.ts'],
    cwd: project,
    env: { ...env, PORT: String(port) },
    log: (line) => log.push(line),
    graceMs: 15_000,
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await child.waitUntilReady(async () => (await probeStatus(`${url}/api/health`, 3_000)) === 200, READY_MS);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { url, child, log };
}
