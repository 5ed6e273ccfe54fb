import { appendFileSync, existsSync } from 'node:fs';
import { link, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startChild, type Child } from '../../dev/process/child.ts';
import { runToEnd } from '../../dev/process/run-to-end.ts';
import { createTemporaryDirectory, removeDirectory } from '../../dev/process/temporary-directory.ts';
import { JsonlFile, type LineReader } from '../embedded/jsonl-file.ts';

const OPEN_ELSEWHERE = /another process/;
/** For processes to start and write, on a machine that is busy with other tests. */
const PATIENCE_MS = 60_000;
const MODULE = new URL('../embedded/jsonl-file.ts', import.meta.url).href;

/** Says whether it got the file, then appends numbers to it and says which are on disk. */
const WRITER = `
  import { setTimeout as delay } from 'node:timers/promises';
  import { JsonlFile } from ${JSON.stringify(MODULE)};
  const reader = { take: () => true, isBeginning: () => true };
  const file = await JsonlFile.open(process.argv[1], reader).catch(() => undefined);
  console.log(file === undefined ? 'refused' : 'opened');
  for (let number = 0; number < 20_000; number += 1) {
    await file?.append(String(number));
    console.log(file === undefined ? 'waits' : 'wrote ' + number);
    await delay(5);
  }`;

describe('a file of lines', { timeout: 2 * PATIENCE_MS }, () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await createTemporaryDirectory('lkps-lines-');
    path = join(folder, 'lines');
  });
  afterEach(() => {
    removeDirectory(folder);
  });

  const startWriter = async (log?: (line: string) => void): Promise<Child> => {
    const child = await startChild({
      name: 'writer',
      command: process.execPath,
      args: ['--input-type=module', '-e', WRITER, path],
      ...(log && { log }),
    });
    onTestFinished(async () => {
      await child.stop();
    });
    return child;
  };

  it('is open in one process: another is refused while it lives, loses it no line, and gets it after a crash', async () => {
    const written: string[] = [];
    const writer = await startWriter((line) => line.startsWith('wrote ') && written.push(line.slice(6)));
    await writer.waitForLine((line) => line === 'wrote 20', PATIENCE_MS);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(JsonlFile.open(path, words([]))).rejects.toThrow(OPEN_ELSEWHERE);
    }
    await writer.kill();
    expect(existsSync(`${path}.lock-journal`)).toBe(false);
    const found: string[] = [];
    await (await JsonlFile.open(path, words(found))).close();
    expect(written.length).toBeGreaterThan(20);
    expect(found.slice(0, written.length)).toEqual(written);
    expect(found.length).toBeLessThanOrEqual(written.length + 1);
  });

  it('is opened by exactly one of those that start at once', async () => {
    const writers = await Promise.all([startWriter(), startWriter(), startWriter(), startWriter()]);
    const first = await Promise.all(writers.map((writer) => writer.waitForLine(() => true, PATIENCE_MS)));
    expect(first.sort()).toEqual(['opened', 'refused', 'refused', 'refused']);
  });

  it('is open once in a process too, and free again when closed or when it could not be opened', async () => {
    await writeFile(path, 'a line\nbad\n');
    await expect(JsonlFile.open(path, words([]))).rejects.toThrow('left as it is');
    await writeFile(path, 'a line\n');
    const file = await JsonlFile.open(path, words([]));
    await expect(JsonlFile.open(path, words([]))).rejects.toThrow(OPEN_ELSEWHERE);
    await expect(JsonlFile.open(path, words([]))).rejects.toThrow(OPEN_ELSEWHERE);
    await file.close();
    await (await JsonlFile.open(path, words([]))).close();
    expect((await stat(`${path}.lock`)).mode & 0o777).toBe(0o600);
  });

  it('loses nothing that was written by something that knows no lock, while it was read', async () => {
    for (const [atFirst, added] of [
      ['whole\nunfin', 'ished\n'],
      ['whole\nfinished', '!\n'],
    ] as const) {
      await writeFile(path, atFirst);
      const take = (line: string): boolean => {
        appendFileSync(path, line === 'whole' ? added : '');
        return line !== 'unfin';
      };
      await expect(JsonlFile.open(path, { take, isBeginning: () => true })).rejects.toThrow();
      expect(await readFile(path, 'utf8')).toBe(atFirst + added);
    }
  });

  it('gives back a line, and none that is no longer there', async () => {
    const file = await JsonlFile.open(path, words([]));
    onTestFinished(() => file.close());
    const span = await file.append('a line');
    expect(await file.read(span)).toBe('a line');
    await truncate(path, 3);
    await expect(file.read(span)).rejects.toThrow('shorter');
  });

  it('is a plain file with one name: no link of either kind is followed, and nothing else is touched', async () => {
    const [elsewhere, nowhere, pipe] = [join(folder, 'elsewhere'), join(folder, 'nowhere'), `${path}.pipe`];
    await writeFile(elsewhere, 'a line\nunf');
    await symlink(elsewhere, `${path}.symbolic`);
    await symlink(nowhere, `${path}.dangling`);
    await link(elsewhere, `${path}.hard`);
    await runToEnd({ name: 'mkfifo', command: 'mkfifo', args: ['-m', '644', pipe] });
    for (const kind of ['symbolic', 'dangling', 'hard', 'pipe']) {
      await expect(JsonlFile.open(`${path}.${kind}`, words([]))).rejects.toThrow(path);
    }
    expect(await readFile(elsewhere, 'utf8')).toBe('a line\nunf');
    expect(existsSync(nowhere)).toBe(false);
    expect((await stat(pipe)).mode & 0o777).toBe(0o644);
  });
});

/** Lines of letters; `unf` may be the beginning of one. */
function words(found: string[]): LineReader {
  return {
    take: (line) => {
      found.push(line);
      return line !== 'unf' && line !== 'bad';
    },
    isBeginning: (text) => text === 'unf',
  };
}
