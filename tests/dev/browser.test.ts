import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { dominantFrequency } from '../../dev/client/dominant-frequency.ts';
import { startBrowser, type Browser } from '../../dev/browser/browser.ts';
import { startPageServer } from '../../dev/browser/page-server.ts';
import { toneFile } from '../../dev/browser/tone-file.ts';
import { alive, descendants, runUntilFirstLine } from './processes.ts';

const started: Browser[] = [];

async function start(): Promise<Browser> {
  const browser = await startBrowser({ microphoneHz: 440 });
  started.push(browser);
  return browser;
}

afterEach(() => Promise.all(started.splice(0).map((browser) => browser.stop())));

/** By command line: the crash reporter leaves its family. */
function processesNaming(text: string): readonly number[] {
  return execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8', maxBuffer: 1 << 26 })
    .split('\n')
    .filter((line) => line.includes(text))
    .map((line) => Number.parseInt(line, 10));
}

describe('a browser of the stack', () => {
  it('is a real one, with a microphone that needs no hand', async () => {
    const browser = await start();
    const site = await startPageServer('');
    try {
      const page = await (await browser.newContext()).newPage();
      await page.goto(site.origin);
      expect(await page.evaluate('navigator.userAgent')).toContain('Chrome/');
      const open =
        'navigator.mediaDevices.getUserMedia({audio: true}).then((it) => it.getAudioTracks()[0].readyState)';
      expect(await page.evaluate(open)).toBe('live');
    } finally {
      await site.stop();
    }
  });

  it('ends with everything it started and wrote', async () => {
    const browser = await start();
    await (await browser.newContext()).newPage();
    const family = [browser.child.pid, ...descendants(browser.child.pid)];
    expect(family.length).toBeGreaterThan(3);
    await browser.stop();
    await expect.poll(() => alive(family), { timeout: 20_000 }).toEqual([]);
    await expect.poll(() => processesNaming(browser.directory), { timeout: 20_000 }).toEqual([]);
    expect(existsSync(browser.directory)).toBe(false);
  });

  it('does not outlive a killed parent, nor does its profile', async () => {
    const parent = await runUntilFirstLine(new URL('./fixtures/browser.ts', import.meta.url));
    const [pid, directory] = z.tuple([z.number(), z.string()]).parse(JSON.parse(parent.line));
    const family = [pid, ...descendants(pid)];
    expect(alive(family).length).toBeGreaterThan(3);
    expect(existsSync(directory)).toBe(true);
    parent.process.kill('SIGKILL');
    await expect.poll(() => alive(family), { timeout: 20_000 }).toEqual([]);
    await expect.poll(() => processesNaming(directory), { timeout: 20_000 }).toEqual([]);
    await expect.poll(() => existsSync(directory), { timeout: 20_000 }).toBe(false);
  });

  it('that does not start says why and leaves nothing', async () => {
    const root = await mkdtemp(join(tmpdir(), 'lkps-test-browser-'));
    vi.stubEnv('TMPDIR', root);
    try {
      const broken = startBrowser({ microphoneHz: 440, env: { LKPS_CHROMIUM_BIN: '/bin/false' } });
      await expect(broken).rejects.toThrow(/chromium ended early \(exit code 1\)/);
      expect(await readdir(root)).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
      await rm(root, { recursive: true });
    }
  });
});

describe('what its microphone hears', () => {
  it('is a second of the tone that was asked for', () => {
    const file = toneFile(613);
    const samples = new Int16Array(file.buffer.slice(file.byteOffset + 44, file.byteOffset + file.length));
    expect(samples).toHaveLength(48_000);
    const { hz, share } = dominantFrequency(samples, 48_000);
    expect(Math.abs(hz - 613)).toBeLessThan(1);
    expect(share).toBeGreaterThan(0.99);
  });
});
