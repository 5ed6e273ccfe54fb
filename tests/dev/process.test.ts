import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startChild, type Child } from '../../dev/process/child.ts';
import { freePort } from '../../dev/process/free-port.ts';
import { runToEnd } from '../../dev/process/run-to-end.ts';
import { alive, numbersIn, runUntilFirstLine } from './processes.ts';

const started: Child[] = [];

async function start(script: string, more: { readonly graceMs?: number } = {}): Promise<Child> {
  const child = await startChild({
    name: 'subject',
    command: 'sh',
    args: ['-c', script],
    graceMs: 20_000,
    ...more,
  });
  started.push(child);
  return child;
}

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(started.splice(0).map((child) => child.stop()));
});

describe('a process of the stack', () => {
  it('does not outlive a killed parent, nor do its own children', async () => {
    const parent = await runUntilFirstLine(new URL('./fixtures/sleepers.ts', import.meta.url));
    const pids = numbersIn(parent.line);
    expect(alive(pids)).toHaveLength(2);
    parent.process.kill('SIGKILL');
    await expect.poll(() => alive(pids), { timeout: 20_000 }).toEqual([]);
  });

  it('is stopped with everything it started, also when it ignores being asked', async () => {
    const child = await start("trap '' TERM; sleep 300 & echo $!; wait; sleep 300", { graceMs: 100 });
    const grandchild = Number(await child.waitForLine(() => true, 20_000));
    const [first, second] = await Promise.all([child.stop(), child.stop()]);
    expect(first).toEqual(second);
    expect(child.running).toBe(false);
    await expect.poll(() => alive([child.pid, grandchild]), { timeout: 10_000 }).toEqual([]);
  });

  it('may clean up before it ends', async () => {
    const child = await start("trap 'echo cleaned; exit 7' TERM; echo up; while :; do sleep 0.05; done");
    await child.waitForLine((line) => line === 'up', 20_000);
    expect(await child.stop()).toEqual({ code: 7, signal: null });
    expect(child.tail()).toContain('cleaned');
  });

  it('is stopped while paused', async () => {
    const child = await start('sleep 300');
    child.pause();
    expect(await child.stop()).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('makes no progress while paused', async () => {
    const child = await start('while :; do echo tick; sleep 0.02; done');
    await child.waitForLine(() => true, 20_000);
    child.pause();
    const lines = (): number => child.tail(1_000).length;
    let before = -1;
    const isStill = (): boolean => before === (before = lines());
    await expect.poll(isStill, { timeout: 10_000, interval: 200 }).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(lines()).toBe(before);
    child.resume();
    await expect.poll(lines, { timeout: 10_000 }).toBeGreaterThan(before);
  });

  it('reports how a crash ended it', async () => {
    const child = await start('sleep 300');
    expect(await child.kill()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('may be signalled when it is over and nobody has heard of it yet', async () => {
    const child = await start('exec sleep 300');
    process.kill(child.pid, 'SIGKILL');
    while (existsSync(`/proc/${child.pid}`)); // nothing is heard of it in the meantime
    expect(child.running).toBe(true);
    child.pause();
    child.resume();
    expect(await child.kill()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('says what it last wrote when it ends before it is ready', async () => {
    const child = await start('echo no such port >&2; exit 3');
    await expect(child.waitUntilReady(() => Promise.resolve(false), 20_000)).rejects.toThrow(
      /ended early \(exit code 3\)[^]*no such port/,
    );
    await expect(child.waitForLine((line) => line === 'never', 20_000)).rejects.toThrow(/exit code 3/);
  });

  it('says so when it does not exist', async () => {
    await expect(startChild({ name: 'subject', command: '/does/not/exist' })).rejects.toThrow(/ENOENT/);
  });

  it('sees nothing of the shell that could configure it', async () => {
    vi.stubEnv('LIVEKIT_API_SECRET', 'leaked');
    vi.stubEnv('LKPS_PROXY_SECRETS', 'leaked');
    vi.stubEnv('PGPASSWORD', 'leaked');
    const child = await startChild({ name: 'env', command: 'env', env: { GIVEN: 'yes' } });
    await child.exited;
    const environment = child.tail(1_000).join('\n');
    expect(environment).toContain('GIVEN=yes');
    expect(environment).toContain('PATH=');
    expect(environment).not.toContain('leaked');
  });

  it('ends with its abort signal', async () => {
    const abort = new AbortController();
    const child = await startChild({
      name: 'subject',
      command: 'sleep',
      args: ['300'],
      signal: abort.signal,
    });
    abort.abort();
    expect(await child.exited).toEqual({ code: null, signal: 'SIGTERM' });
  });
});

describe('runToEnd', () => {
  it('rejects with the output of a command that failed', async () => {
    const failing = { name: 'build', command: 'sh', args: ['-c', 'echo broken; exit 2'] };
    await expect(runToEnd(failing)).rejects.toThrow(/build failed \(exit code 2\)[^]*broken/);
  });
});

describe('freePort', () => {
  it('never gives a port twice', async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, () => freePort()));
    expect(new Set(ports).size).toBe(20);
  });
});
