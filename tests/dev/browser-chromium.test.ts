import { writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findChromium } from '../../dev/browser/chromium.ts';
import { alive } from './processes.ts';

let root: string;
let env: Record<string, string>;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lkps-chromium-test-'));
  env = { HOME: root, XDG_CACHE_HOME: join(root, 'cache'), PATH: join(root, 'bin') };
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function program(name: string, script = 'exit 0'): Promise<string> {
  const file = join(root, 'bin', name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

const INSTALL = 'install --yes --no-install-recommends chromium';
/** What Debian's package leaves behind. */
const PUT_CHROMIUM = 'printf "#!/bin/sh\\n" > $(dirname $0)/chromium; chmod 755 $(dirname $0)/chromium';

/** A Debian whose `apt-get` records what it was asked, options left out, and does what it is told for an install. */
async function debian(onInstall: string, lists: 'fresh' | 'old' | 'none' = 'fresh'): Promise<void> {
  await program(
    'apt-get',
    [
      'PATH=/usr/bin:/bin',
      'while [ "$1" = "-o" ]; do shift 2; done',
      `echo "$@" >> ${join(root, 'calls')}`,
      `if [ "$1" = install ]; then ${onInstall}; fi`,
    ].join('\n'),
  );
  const directory = join(root, 'var/lib/apt/lists');
  await mkdir(join(root, 'etc'), { recursive: true });
  await writeFile(join(root, 'etc/debian_version'), '12.0\n');
  await mkdir(join(directory, 'partial'), { recursive: true });
  if (lists !== 'none') await writeFile(join(directory, 'deb_main_binary-amd64_Packages.lz4'), '');
  const at = lists === 'old' ? new Date(Date.now() - 25 * 60 * 60 * 1_000) : new Date();
  for (const each of [directory, join(directory, 'partial')]) await utimes(each, at, at);
}

async function calls(): Promise<readonly string[]> {
  const text = await readFile(join(root, 'calls'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

describe('a Chromium is found', () => {
  it('where LKPS_CHROMIUM_BIN says, before anything else', async () => {
    await program('chromium');
    env['LKPS_CHROMIUM_BIN'] = await program('mine');
    expect(await findChromium({ env })).toEqual({
      path: join(root, 'bin/mine'),
      source: 'LKPS_CHROMIUM_BIN',
    });
  });

  it('nowhere else when LKPS_CHROMIUM_BIN is wrong', async () => {
    await program('chromium');
    env['LKPS_CHROMIUM_BIN'] = join(root, 'absent');
    await expect(findChromium({ env })).rejects.toThrow(
      /LKPS_CHROMIUM_BIN=.*absent is not an executable file/,
    );
  });

  it.each(['chromium', 'chromium-browser', 'google-chrome'])('on PATH as %s', async (name) => {
    const path = await program(name);
    expect(await findChromium({ env })).toEqual({ path, source: 'PATH' });
  });

  it('on PATH only where it runs: a program that merely says how to get one is none', async () => {
    await program('chromium', 'echo "get the snap"; exit 1');
    const path = await program('google-chrome');
    expect((await findChromium({ env })).path).toBe(path);
  });

  it('nowhere: one message says what would help', async () => {
    await expect(findChromium({ env, root })).rejects.toThrow(
      /No Chromium was found\. This is no Debian[^]*LKPS_CHROMIUM_BIN[^]*PATH[^]*apt-get install/,
    );
  });
});

describe("Debian's Chromium is installed", () => {
  const find = (uid = 0, more: Partial<Parameters<typeof findChromium>[0]> = {}) =>
    findChromium({ env, root, uid, ...more });

  it('by root, once, without a question and without what it only recommends', async () => {
    await debian(PUT_CHROMIUM);
    expect(await find()).toEqual({ path: join(root, 'bin/chromium'), source: 'installed' });
    expect((await find()).source).toBe('PATH');
    expect(await calls()).toEqual([INSTALL]);
  });

  it('never by another user', async () => {
    await debian(PUT_CHROMIUM);
    await expect(find(1000)).rejects.toThrow(/Only root can install it[^]*LKPS_CHROMIUM_BIN/);
    expect(await calls()).toEqual([]);
  });

  it('never where there is no Debian', async () => {
    await debian(PUT_CHROMIUM);
    await rm(join(root, 'etc/debian_version'));
    await expect(find()).rejects.toThrow(/no Debian-like system/);
    expect(await calls()).toEqual([]);
  });

  it.each(['old', 'none'] as const)("after the mirrors' lists where they are %s", async (lists) => {
    await debian(PUT_CHROMIUM, lists);
    await find();
    expect(await calls()).toEqual(['update', INSTALL]);
  });

  it('with new lists at the second try, where a mirror no longer has what the first ones name', async () => {
    await debian(`if [ $(grep -c install ${join(root, 'calls')}) = 1 ]; then exit 100; fi; ${PUT_CHROMIUM}`);
    expect((await find()).source).toBe('installed');
    expect(await calls()).toEqual([INSTALL, 'update', INSTALL]);
  });

  it('once, although several ask at the same time', async () => {
    await debian(`sleep 0.3; ${PUT_CHROMIUM}`);
    const found = await Promise.all([find(), find(), find()]);
    expect(new Set(found.map(({ path }) => path))).toEqual(new Set([join(root, 'bin/chromium')]));
    expect(await calls()).toEqual([INSTALL]);
  });

  it('with the time and what apt-get is doing shown to whoever watches', async () => {
    const seen = join(root, 'seen');
    await debian(`echo "Unpacking chromium"; until [ -e ${seen} ]; do sleep 0.1; done; ${PUT_CHROMIUM}`);
    const working = (detail: string): void => {
      if (/^apt-get install \([1-9]\d* s\): Unpacking chromium/.test(detail)) writeFileSync(seen, '');
    };
    expect((await find(0, { working })).source).toBe('installed');
  });

  it('or not at all: a failure says what apt-get said, and what would help', async () => {
    await debian('echo "E: no space left" >&2; exit 100');
    await expect(find()).rejects.toThrow(
      /Installing Debian's package failed[^]*no space left[^]*LKPS_CHROMIUM_BIN/,
    );
    expect(await calls()).toEqual([INSTALL, 'update', INSTALL]);
  });

  it('in vain where what it brings does not run', async () => {
    await debian('true');
    await expect(find()).rejects.toThrow(/yet no Chromium runs[^]*LKPS_CHROMIUM_BIN/);
  });

  it('by one who stops: apt-get ends with it and the lock is free', async () => {
    await debian(`echo $$ > ${join(root, 'pid')}; exec sleep 300`);
    const abort = new AbortController();
    const finding = find(0, { signal: abort.signal });
    finding.catch(() => undefined);
    const pid = async (): Promise<number> =>
      Number(await readFile(join(root, 'pid'), 'utf8').catch(() => '0'));
    await expect.poll(pid, { timeout: 10_000 }).toBeGreaterThan(0);
    abort.abort(new Error('stopped by the user'));
    await expect(finding).rejects.toThrow('stopped by the user');
    expect(alive([await pid()])).toEqual([]);
    await debian(PUT_CHROMIUM);
    expect((await find()).source).toBe('installed');
  });
});
