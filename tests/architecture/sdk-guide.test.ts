import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { REMOVED_VARIABLES } from '../../sdk/typescript/src/environment.ts';
import { refusalsOf } from '../sdk/examples-answers.ts';
import { MESSAGES } from '../sdk/messages.ts';
import { rowsUnder } from '../support/markdown-table.ts';
import { ROOT } from '../support/platform-project.ts';

const GUIDES = ['sdk', 'migration', 'getting-started', 'agent-developer-guide'].map(
  (name) => `docs/${name}.md`,
);
const SETTING = /\b(?:AZURE|LKPS)_[A-Z_]+[A-Z]\b/g;
const settingsFile = z.object({ cases: z.array(z.object({ env: z.record(z.string(), z.string()) })) });

describe('the guide to the SDKs', () => {
  let guide: string;
  beforeAll(async () => {
    guide = await readFile(`${ROOT}docs/sdk.md`, 'utf8');
  });
  const read = (path: string): Promise<string> => readFile(`${ROOT}${path}`, 'utf8');

  it('names every setting that there is, and no other', async () => {
    const { cases } = settingsFile.parse(JSON.parse(await read('sdk/vectors/settings.json')));
    const told = rowsUnder(guide, '## Settings').map(([first = '']) => first);
    const inCases = new Set(cases.flatMap(({ env }) => Object.keys(env)));
    expect(told.filter((name) => /^(AZURE|LKPS)_/.test(name)).toSorted()).toEqual([...inCases].toSorted());
    for (const file of ['sdk/typescript/src/settings.ts', 'sdk/python/src/bayer_livekit_sdk/settings.py']) {
      expect(new Set((await read(file)).match(SETTING)), file).toEqual(inCases);
    }
  });

  it('names every variable that is removed, as both SDKs do', async () => {
    const removed = rowsUnder(guide, '## Settings').flatMap(([name = '']) =>
      name.startsWith('LIVEKIT_') ? [name] : [],
    );
    expect(removed).toEqual([...REMOVED_VARIABLES]);
    const python = await read('sdk/python/src/bayer_livekit_sdk/environment.py');
    expect([...python.matchAll(/"(LIVEKIT_\w+)"/g)].map(([, name]) => name)).toEqual(removed);
  });

  it('says what each answer to a registration means, and of no other', async () => {
    const told = rowsUnder(guide, '## Errors').flatMap(([answers = '', outcome, message]) =>
      /^\d/.test(answers)
        ? answers.split(', ').map((answer) => `${answer} | ${String(outcome)} | ${String(message)}`)
        : [],
    );
    const real = refusalsOf(await read('sdk/vectors/answers.json'));
    expect(told.filter((row) => !row.startsWith('any other')).toSorted()).toEqual([...real].toSorted());
  });

  it('has every exit code, every block and every message of the log', () => {
    const cells = (heading: string, ...columns: readonly number[]): readonly string[] =>
      rowsUnder(guide, heading).map((row) => columns.map((column) => row[column]).join(' '));
    expect(cells('## Exit codes', 1, 0).toSorted()).toEqual(
      Object.entries(MESSAGES.exit_codes)
        .map(([name, code]) => `${name} ${code}`)
        .toSorted(),
    );
    expect(cells('## What is blocked', 0, 1)).toEqual(
      Object.entries(MESSAGES.blocked).map(([kind, message]) => `${kind} ${message}`),
    );
    expect(cells('## Log', 0).toSorted()).toEqual(Object.values(MESSAGES.log).toSorted());
  });

  it('has every event, with its fields, as the SDK for Python names them', async () => {
    const events = await read('sdk/python/src/bayer_livekit_sdk/events.py');
    const real = [...events.matchAll(/^ {4}"(\w+)", {2}# (.+)$/gm)].map(
      ([, name, fields]) => `${name} ${fields}`,
    );
    const told = rowsUnder(guide, '## Events').map(([name, fields]) => `${String(name)} ${String(fields)}`);
    expect(told).toEqual(real);
  });
});

describe.for(GUIDES)('%s', (file) => {
  it('points only at files and headings that are there', async () => {
    const text = await readFile(`${ROOT}${file}`, 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];
    for (const [, path = '', anchor] of links) {
      const target = path === '' ? file : join(dirname(file), path);
      expect(existsSync(`${ROOT}${target}`), target).toBe(true);
      if (anchor === undefined) continue;
      expect(await anchorsOf(target), `${target}#${anchor}`).toContain(anchor);
    }
    const paths = [...text.matchAll(/`((?:tests|docs|dev|sdk|examples)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    );
    expect(paths.filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
  });
});

it('the README of the examples names every one of them', async () => {
  const folder = `${ROOT}examples/agents/`;
  const readme = await readFile(`${folder}README.md`, 'utf8');
  const files = (await readdir(folder, { recursive: true })).filter((name) =>
    /^(python|typescript)\/(?!scripted)[\w-]+\.(py|ts)$/.test(name),
  );
  expect(files.filter((name) => !readme.includes(`(${name})`))).toEqual([]);
  expect(files).toHaveLength(8);
});

async function anchorsOf(file: string): Promise<readonly string[]> {
  const text = await readFile(`${ROOT}${file}`, 'utf8');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}
