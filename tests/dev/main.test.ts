import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { probeStatus } from '../../dev/process/http-probe.ts';
import { alive, descendants } from './processes.ts';

const MAIN = fileURLToPath(new URL('../../dev/main.ts', import.meta.url));
/** A first start may have to build the LiveKit server. */
const START_MS = 400_000;

/** Whose pages may call: one given twice counts once. */
const PAGES = ['http://localhost:3000', 'https://app.example.test', 'http://127.0.0.1:8080'];

interface Run {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly output: { stdout: string; stderr: string };
}

let run: Run | undefined;

function start(args: readonly string[] = ['--json', '--no-agent']): Run {
  return follow(spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** As `npm run` does it: below a shell, which keeps signals to itself. */
function startBelowShell(): Run {
  const command = '"$0" "$1" --json --no-agent; exit $?';
  return follow(
    spawn('sh', ['-c', command, process.execPath, MAIN], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, npm_lifecycle_event: 'dev' },
    }),
  );
}

function follow(child: ChildProcessByStdio<null, Readable, Readable>): Run {
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  run = { process: child, pid: child.pid ?? 0, output };
  return run;
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  await once(child, 'exit');
  return child.exitCode;
}

/** Which origin a preflight's answer lets in. */
async function corsOf(url: string, origin: string): Promise<string | null> {
  const { headers } = await fetch(url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });
  return headers.get('access-control-allow-origin');
}

afterEach(() => {
  run?.process.kill('SIGKILL');
});

describe('the development stack', () => {
  it(
    'is one line of JSON once all is up, and nothing at all after SIGTERM',
    { timeout: START_MS },
    async () => {
      const origins = ['--origin', PAGES.slice(0, 2).join(','), '--origin', PAGES.slice(1).join(',')];
      const { process: main, pid, output } = start(['--json', '--no-agent', ...origins]);
      await expect.poll(() => output.stdout, { timeout: START_MS, interval: 100 }).toMatch(/\n$/);
      expect(output.stdout.trimEnd().split('\n')).toHaveLength(1);
      const stack = JSON.parse(output.stdout) as Readonly<Record<string, unknown>>;
      expect(Object.keys(stack)).toEqual(
        expect.arrayContaining([
          ...['entra', 'scope', 'ocelot_url', 'lkps_url', 'proxy_proof', 'livekit_url', 'livekit_api'],
          ...['agent_gateway_url', 'database_url', 'database_admin_url', 'lkps_env', 'apps', 'users'],
        ]),
      );
      expect(stack['lkps_env']).toMatchObject({
        LKPS_REGION: expect.stringMatching(/^[a-z]+$/) as string,
        LKPS_DATABASE_URL: stack['database_url'],
        LKPS_SUBJECT_KEY: expect.stringMatching(/^\S{32,}$/) as string,
        LKPS_WEBHOOK_KEYS: expect.stringMatching(/^\S+:\S{32,}$/) as string,
        LKPS_AGENT_TOKEN_KEYS: expect.stringMatching(/^\S+:\S{32,}$/) as string,
        LKPS_GATEWAY_PUBLIC_URL: stack['agent_gateway_url'],
        LKPS_LIVEKIT_KEYS: expect.stringMatching(/^\S+:\S{32,}$/) as string,
        LKPS_CORS_ORIGINS: PAGES.join(','),
      });
      const preflight = (origin: string): Promise<string | null> =>
        corsOf(`${String(stack['ocelot_url'])}/api/session/start`, origin);
      expect(await Promise.all(PAGES.map(preflight))).toEqual(PAGES);
      expect(await preflight('http://localhost:5173')).toBeNull();
      expect(await probeStatus(`${String(stack['ocelot_url'])}/api/health`, 20_000)).toBe(200);

      const pids = descendants(pid);
      expect(pids.length).toBeGreaterThanOrEqual(6);
      const exit = exitOf(main);
      main.kill('SIGTERM');
      expect(await exit).toBe(0);
      expect(alive(pids)).toEqual([]);
    },
  );

  it.each([
    [[], false],
    [['--graph'], true],
  ] as const)(
    'with %j is told by Graph who may reach an agent: %s',
    { timeout: START_MS },
    async (flags, byGraph) => {
      const { process: main, output } = start(['--json', '--no-agent', ...flags]);
      await expect.poll(() => output.stdout, { timeout: START_MS, interval: 100 }).toMatch(/\n$/);
      // The service says at its start that its Graph is not Microsoft's, where it has one.
      expect(output.stderr.includes('LKPS_GRAPH_URL: is not of Microsoft')).toBe(byGraph);
      const exit = exitOf(main);
      main.kill('SIGTERM');
      expect(await exit).toBe(0);
    },
  );

  it.each([
    ['SIGINT', 130],
    ['SIGKILL', null],
  ] as const)('leaves nothing when its start is ended by %s', { timeout: START_MS }, async (signal, code) => {
    const { process: main, pid, output } = start();
    await expect
      .poll(() => output.stderr, { timeout: START_MS, interval: 50 })
      .toMatch(/LiveKit server +ready/);
    const pids = descendants(pid);
    const exit = exitOf(main);
    main.kill(signal);
    expect(await exit).toBe(code);
    await expect.poll(() => alive(pids), { timeout: 30_000 }).toEqual([]);
    expect(output.stdout).toBe('');
    expect(output.stderr).not.toContain('failed after');
  });

  it.each([
    ...['--bogus', '--json=1', 'bogus', '--origin', '--origin=', '--origin=*', '--origin=localhost:3000'],
    ...['http://localhost:3000/', 'https://*.test', 'ftp://a.test', 'http://a.test,', 'HTTP://a.test'].map(
      (origin) => `--origin=${origin}`,
    ),
  ])('answers %s with one line and 2, and starts nothing', async (arg) => {
    const { process: main, output } = start([arg]);
    const exit = once(main, 'close');
    expect(await exit).toEqual([2, null]);
    expect(output.stdout).toBe('');
    expect(output.stderr).toMatch(
      /^[^\n]*(--bogus|--json|'bogus'|--origin)[^\n]*; usage: npm run dev [^\n]*\n$/,
    );
  });

  it('leaves nothing when npm is ended, which tells it nothing', { timeout: START_MS }, async () => {
    const { process: shell, pid, output } = startBelowShell();
    await expect
      .poll(() => output.stderr, { timeout: START_MS, interval: 50 })
      .toMatch(/LiveKit server +ready/);
    const pids = descendants(pid);
    shell.kill('SIGTERM');
    await expect.poll(() => alive(pids), { timeout: 30_000 }).toEqual([]);
  });
});
