import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { SETTINGS, type Setting } from '../../composition/settings.ts';
import { ROOT } from '../support/platform-project.ts';

describe('README', () => {
  let readme: string;
  beforeAll(async () => {
    readme = await readFile(`${ROOT}README.md`, 'utf8');
  });

  it('documents exactly the variables that are read: names, defaults and meaning, in order', () => {
    const settings: readonly (readonly [string, Setting])[] = Object.entries(SETTINGS);
    expect(tableUnder(readme, '## Environment')).toEqual([
      ['Variable', 'Default', 'What it is'],
      ...settings.map(([name, setting]) => [`\`${name}\``, shownDefault(setting), setting.description]),
    ]);
  });

  it('names only files that are there', () => {
    const named = [...readme.matchAll(/[`(]((?:tests|docs|core|adapters|composition|dev)\/[\w./-]+)[`)#]/g)];
    const paths = named.map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
  });
});

function shownDefault({ default: value, optional }: Setting): string {
  if (value !== undefined) {
    return `\`${value}\``;
  }
  return optional === true ? '-' : 'required';
}

/** The rows of the first table below a heading, without its ruler. */
function tableUnder(markdown: string, heading: string): readonly (readonly string[])[] {
  const lines = markdown.split('\n');
  const from = lines.indexOf(heading);
  const length = lines.slice(from + 1).findIndex((line) => line.startsWith('## '));
  return lines
    .slice(from + 1, length === -1 ? undefined : from + 1 + length)
    .filter((line) => line.startsWith('|') && !/^\|[\s|:-]+\|$/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
