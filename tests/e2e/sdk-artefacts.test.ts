import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runClient } from '../../dev/client-process.ts';
import { createTemporaryDirectory, removeDirectory } from '../../dev/process/temporary-directory.ts';
import {
  buildPython,
  codeOf,
  contentsOf,
  installNpmArtefact,
  installPythonArtefact,
  metadataOf,
  packNpm,
  type Installed,
  type PythonArtefacts,
} from '../sdk/artefacts.ts';
import type { Language } from '../sdk/language.ts';
import { EXIT } from '../sdk/messages.ts';
import { openSdkStage, type SdkStage, type StartOptions } from '../sdk/stage.ts';

/** What is handed on, and nothing else of this checkout but the agent's own program. */
describe('the SDKs as they are handed on', { timeout: 300_000 }, () => {
  let stage: SdkStage;
  let folder: string;
  let built: PythonArtefacts;
  let tarball: string;
  let fromWheel: Installed;
  let fromSdist: Installed;
  let fromTarball: string;

  beforeAll(async () => {
    folder = await createTemporaryDirectory('lkps-sdk-artefacts-');
    const inFolder = async (name: string): Promise<string> => {
      const path = join(folder, name);
      await mkdir(path);
      return path;
    };
    stage = await openSdkStage();
    built = await buildPython(folder);
    fromWheel = await installPythonArtefact(await inFolder('wheel'), built.wheel);
    fromSdist = await installPythonArtefact(await inFolder('sdist'), built.sdist, '--no-deps');
    const npm = await inFolder('npm');
    tarball = await packNpm(npm);
    fromTarball = await installNpmArtefact(npm, tarball);
  });
  afterAll(async () => {
    await stage.close();
    removeDirectory(folder);
  });

  async function expectTalk(language: Language, installed: StartOptions): Promise<void> {
    const agent = await stage.online(language, { ...installed, env: { PYTHONPATH: '' } });
    const talk = await runClient(await stage.session(language), ['talk', '--timeout', '60']);
    expect(talk.exit.code, JSON.stringify(talk.events)).toBe(0);
    const { client_id: id } = stage.fixture.description.apps[language === 'python' ? 'agent-a' : 'agent-b'];
    agent.signal('SIGTERM');
    await agent.untilLogged('draining');
    await stage.lkps('sessions', 'end', '--agent', id);
    expect(await agent.ended()).toMatchObject({ code: EXIT.stopped, left: [] });
  }

  it('hold their code and their types, and no test', async () => {
    for (const [archive, types] of [
      [built.wheel, /\/py\.typed$/],
      [built.sdist, /\/py\.typed$/],
      [tarball, /\/dist\/index\.d\.ts$/],
    ] as const) {
      const names = await contentsOf(archive);
      expect(names.filter((name) => types.test(name))).toHaveLength(1);
      expect(names.filter((name) => /(^|\/)tests?\/|\.test\.|__pycache__|node_modules/.test(name))).toEqual(
        [],
      );
    }
  });

  it('are version 1.4.4, for the library that they say', async () => {
    for (const archive of [built.wheel, built.sdist, tarball]) expect(archive).toMatch(/[-_]1\.4\.4[-.]/);
    const { version, requires, python } = await metadataOf(fromWheel.python, 'bayer-livekit-sdk');
    const upstream = await metadataOf(fromWheel.python, 'livekit-agents');
    expect([version, upstream.version.startsWith('1.4.')]).toEqual(['1.4.4', true]);
    expect(python).toBe('>=3.10');
    expect(requires).toContain('livekit-agents~=1.4.4');
  });

  it('the wheel, in an empty virtual environment: its agent talks on the stack', () =>
    expectTalk('python', fromWheel));

  it('the npm package, in an empty project: its agent talks on the stack', () =>
    expectTalk('typescript', { program: fromTarball }));

  it('the source distribution, in an empty virtual environment: the same code as from the wheel', async () => {
    const [one, other] = await Promise.all([fromWheel, fromSdist].map(codeOf));
    expect(Object.keys(one ?? {}).length).toBeGreaterThan(20);
    expect(other).toEqual(one);
  });

  it('none of them printed a secret or a token', () => {
    expect(stage.leaks()).toEqual([]);
  });
});
