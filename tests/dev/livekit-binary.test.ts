import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedBinary, findLiveKit } from '../../dev/livekit/binary.ts';
import { ownIdentity, processIdentity } from '../../dev/process/process-identity.ts';
import { alive } from './processes.ts';

let root: string;
let env: Record<string, string>;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lkps-binary-test-'));
  env = { HOME: root, XDG_CACHE_HOME: join(root, 'cache'), PATH: join(root, 'bin') };
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function program(file: string, script = 'exit 0'): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

/** A `go` that records how it was called and builds what it is told to. */
function fakeGo(script: string): Promise<string> {
  env['PATH'] = [join(root, 'bin'), '/usr/bin', '/bin'].join(delimiter);
  return program(join(root, 'bin', 'go'), `echo "$@" >> ${join(root, 'calls')}\n${script}`);
}

const BUILD =
  'echo "go: downloading github.com/pion/ice v4.0.0" >&2; printf "#!/bin/sh\\n" > $GOBIN/server; chmod 755 $GOBIN/server';

async function calls(): Promise<readonly string[]> {
  const text = await readFile(join(root, 'calls'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

async function cacheContent(): Promise<readonly string[]> {
  return readdir(dirname(cachedBinary(env))).catch(() => []);
}

describe('the LiveKit server is found', () => {
  it('where LKPS_LIVEKIT_BIN says, before anything else', async () => {
    await program(join(root, 'bin', 'livekit-server'));
    await program(cachedBinary(env));
    env['LKPS_LIVEKIT_BIN'] = await program(join(root, 'mine'));
    expect(await findLiveKit({ env })).toEqual({ path: join(root, 'mine'), source: 'LKPS_LIVEKIT_BIN' });
  });

  it('nowhere else when LKPS_LIVEKIT_BIN is wrong', async () => {
    await program(join(root, 'bin', 'livekit-server'));
    env['LKPS_LIVEKIT_BIN'] = join(root, 'absent');
    await expect(findLiveKit({ env })).rejects.toThrow(/LKPS_LIVEKIT_BIN=.*absent is not an executable file/);
  });

  it('on PATH before the cache', async () => {
    const installed = await program(join(root, 'bin', 'livekit-server'));
    await program(cachedBinary(env));
    expect(await findLiveKit({ env })).toEqual({ path: installed, source: 'PATH' });
  });

  it('in the cache before it is built', async () => {
    await fakeGo(BUILD);
    await program(cachedBinary(env));
    expect(await findLiveKit({ env })).toEqual({ path: cachedBinary(env), source: 'cache' });
    expect(await calls()).toEqual([]);
  });

  it('nowhere: one message says what would help', async () => {
    await expect(findLiveKit({ env })).rejects.toThrow(
      /not found\. Go is not on PATH[^]*LKPS_LIVEKIT_BIN[^]*livekit-server on PATH[^]*install Go/,
    );
  });
});

describe('the LiveKit server is built', () => {
  it('once, at the pinned version, into the cache', async () => {
    await fakeGo(BUILD);
    expect(await findLiveKit({ env })).toEqual({ path: cachedBinary(env), source: 'built' });
    expect(await findLiveKit({ env })).toEqual({ path: cachedBinary(env), source: 'cache' });
    expect(await calls()).toEqual(['install -v github.com/livekit/livekit-server/cmd/server@v1.13.3']);
    expect(await cacheContent()).toEqual(['livekit-server-1.13.3']);
  });

  it('once, although several ask at the same time', async () => {
    await fakeGo(`sleep 0.3; ${BUILD}`);
    const found = await Promise.all([findLiveKit({ env }), findLiveKit({ env }), findLiveKit({ env })]);
    expect(new Set(found.map(({ path }) => path))).toEqual(new Set([cachedBinary(env)]));
    expect(await calls()).toHaveLength(1);
  });

  it('with the time and what go is doing shown to whoever watches', async () => {
    const seen = join(root, 'seen');
    const download = 'echo "go: downloading github.com/pion/ice v4.0.0" >&2';
    await fakeGo(`${download}; until [ -e ${seen} ]; do sleep 0.1; done; ${BUILD}`);
    const told = /^building LiveKit 1\.13\.3 .*0:(0[1-9]|[1-5]\d).*downloading github\.com\/pion\/ice/;
    const working = (detail: string): void => {
      if (told.test(detail)) writeFileSync(seen, '');
    };
    expect((await findLiveKit({ env, working })).source).toBe('built');
  });

  it('or not at all: a failure leaves nothing behind and says what go said', async () => {
    await fakeGo('echo "checksum mismatch" >&2; exit 1');
    await expect(findLiveKit({ env })).rejects.toThrow(
      /Building it failed[^]*checksum mismatch[^]*LKPS_LIVEKIT_BIN/,
    );
    expect(await cacheContent()).toEqual([]);
  });

  it('by one who stops: go ends with it and the lock is free', async () => {
    await fakeGo(`echo $$ > ${join(root, 'pid')}; exec sleep 300`);
    const abort = new AbortController();
    const finding = findLiveKit({ env, signal: abort.signal });
    finding.catch(() => undefined);
    const pid = async (): Promise<number> =>
      Number(await readFile(join(root, 'pid'), 'utf8').catch(() => '0'));
    await expect.poll(pid, { timeout: 10_000 }).toBeGreaterThan(0);
    abort.abort(new Error('stopped by the user'));
    await expect(finding).rejects.toThrow('stopped by the user');
    expect(alive([await pid()])).toEqual([]);
    expect(await cacheContent()).toEqual([]);
  });
});

describe('the lock on the build', () => {
  const lock = (): string => `${cachedBinary(env)}.lock`;

  it('of a killed owner is taken over, and its leftovers go', async () => {
    const killed = spawn('sleep', ['300']);
    const identity = processIdentity(killed.pid ?? 0) ?? '';
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const leftover = join(dirname(lock()), 'livekit-build-leftover');
    await mkdir(leftover, { recursive: true });
    await writeFile(join(leftover, 'owner'), identity);
    await writeFile(lock(), identity);
    await fakeGo(BUILD);
    expect((await findLiveKit({ env })).source).toBe('built');
    expect(await cacheContent()).toEqual(['livekit-server-1.13.3']);
  });

  it('of a process whose id was given to another is taken over', async () => {
    await mkdir(dirname(lock()), { recursive: true });
    await writeFile(lock(), `${process.pid} 1`);
    await fakeGo(BUILD);
    expect((await findLiveKit({ env })).source).toBe('built');
  });

  it('of a living owner is waited for, and its result used', async () => {
    await mkdir(dirname(lock()), { recursive: true });
    await writeFile(lock(), ownIdentity());
    await fakeGo(BUILD);
    const shown: string[] = [];
    const finding = findLiveKit({ env, working: (detail) => shown.push(detail) });
    await expect
      .poll(() => shown[0], { timeout: 10_000 })
      .toMatch(new RegExp(`waiting for process ${process.pid}`));
    await program(cachedBinary(env));
    expect((await finding).path).toBe(cachedBinary(env));
    expect(await calls()).toEqual([]);
  });
});
