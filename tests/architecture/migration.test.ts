import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { changedLines } from '../sdk/examples-diff.ts';
import { ROOT } from '../support/platform-project.ts';

const GUIDE = 'docs/migration.md';
const LIBRARY = 'node_modules/@livekit/agents/dist/worker.d.ts';
const PYTHON_WORKER = 'sdk/python/src/bayer_livekit_sdk/worker.py';
/** Options that LiveKit's own programs set. */
const INTERNAL = ['agentNameIsEnv', 'simulation'];
/** Imports, and the worker that is run at the end: all that may change in an agent. */
const MAY_CHANGE =
  /^[-+] *(from \S+ import |(cli|ServerOptions|Worker),$|\} from '@livekit|cli\.run|(new |worker = )?worker\b)/i;

describe('the migration guide', () => {
  let guide: string;
  beforeAll(async () => {
    guide = await readFile(`${ROOT}${GUIDE}`, 'utf8');
  });

  it.for(['py', 'ts'])('shows exactly what differs between before.%s and after.%s', async (extension) => {
    const { shown } = sectionOf(guide, extension);
    expect(shown).toEqual(await changesOf(extension));
  });

  it.for(['py', 'ts'])('says how many lines of before.%s go and how many come', (extension) => {
    const { out, into, shown } = sectionOf(guide, extension);
    expect(out).toBe(shown.filter((line) => line.startsWith('-')).length);
    expect(into).toBe(shown.filter((line) => line.startsWith('+')).length);
    expect(shown.length).toBeLessThanOrEqual(8);
  });

  it.for(['py', 'ts'])('nothing of before.%s changes but imports, key and worker', async (extension) => {
    expect((await changesOf(extension)).filter((line) => !MAY_CHANGE.test(line))).toEqual([]);
  });

  it('says what becomes of every option of the library in TypeScript, and of all that Python does not accept', async () => {
    const [, table = ''] = guide.split('\n### What becomes of each option\n');
    const [section = ''] = table.split('\n## ');
    const told = new Set([...section.matchAll(/`(\w+)(?:=\w+)?`/g)].map(([, name]) => name));
    const [, declared = ''] =
      /\nexport declare class ServerOptions \{\n([^]*?)\n {4}\/\*\* @param/.exec(
        await readFile(`${ROOT}${LIBRARY}`, 'utf8'),
      ) ?? [];
    const [, refused = ''] =
      /\n_REFUSED = \{\n([^]*?)\n\}/.exec(await readFile(`${ROOT}${PYTHON_WORKER}`, 'utf8')) ?? [];
    const options = [...declared.matchAll(/^ {4}(\w+)\??: /gm), ...refused.matchAll(/^ {4}"(\w+)": /gm)].map(
      ([, name]) => name,
    );
    expect(options).toEqual(
      expect.arrayContaining(['requestFunc', 'jobMemoryLimitMB', 'api_key', 'agent_name']),
    );
    expect(options.filter((name = '') => !told.has(name) && !INTERNAL.includes(name))).toEqual([]);
  });

  it('would notice a change of anything else', () => {
    for (const line of ['+    session = AgentSession()', '-  entry,', "+  await ctx.connect('x');"]) {
      expect(MAY_CHANGE.test(line), line).toBe(false);
    }
  });
});

interface Section {
  readonly out: number;
  readonly into: number;
  readonly shown: readonly string[];
}

function sectionOf(guide: string, extension: string): Section {
  const files = `<!-- examples/agents/migration/before.${extension} examples/agents/migration/after.${extension} -->`;
  const [said = '', after = ''] = guide.split(files);
  const [, out, into] = /(\d+) lines out, (\d+) lines in\.\s*$/.exec(said) ?? [];
  const [, shown = ''] = /^\s*```diff\n([^]*?)```/.exec(after) ?? [];
  return { out: Number(out), into: Number(into), shown: shown.split('\n').filter((line) => line !== '') };
}

async function changesOf(extension: string): Promise<readonly string[]> {
  const read = (name: string): Promise<string> =>
    readFile(`${ROOT}examples/agents/migration/${name}.${extension}`, 'utf8');
  return changedLines(await read('before'), await read('after'));
}
