import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StackDescription } from '../../dev/description.ts';
import { childEnvironment } from '../../dev/process/child-environment.ts';
import { eventually } from '../support/eventually.ts';

const MINUTE_MS = 60_000;

/** The commands of the README as a person or another language's test starts them, marked so that leftovers show. */
describe('the development stack as a command', { timeout: 5 * MINUTE_MS }, () => {
  let marker: string;
  const started: ChildProcess[] = [];

  beforeEach(() => {
    marker = mkdtempSync(join(tmpdir(), 'lkps-e2e-'));
    chmodSync(marker, 0o755); // PostgreSQL's own account must be able to reach its data below
  });
  afterEach(async () => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    await eventually(
      () => Promise.resolve(processesMarked(marker)),
      (left) => left.length === 0,
      MINUTE_MS,
    );
    rmSync(marker, { recursive: true, force: true });
  });

  function run(args: readonly string[]): { readonly child: ChildProcess; readonly out: () => string } {
    const child = spawn(process.execPath, [...args], {
      env: childEnvironment({ TMPDIR: marker }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.resume();
    return { child, out: () => out };
  }
  /** What a shell prints of these lines, to the first that fails. A machine may have no psql. */
  const outputOf = async (lines: string): Promise<string> => {
    const shell = spawn('sh', ['-ec', `command -v psql >&2 || psql() { :; }\n${lines}`], {
      env: childEnvironment({ TMPDIR: marker }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(shell);
    const parts: string[] = [];
    for (const stream of [shell.stdout, shell.stderr]) {
      stream.on('data', (chunk: Buffer) => parts.push(chunk.toString()));
    }
    expect(await exitOf(shell), parts.join('')).toBe(0);
    return parts.join('');
  };
  const exitOf = (child: ChildProcess): Promise<number | null> =>
    new Promise((resolve) => {
      if (child.exitCode !== null) resolve(child.exitCode);
      else child.once('exit', resolve);
    });
  const described = (out: () => string): Promise<StackDescription> =>
    eventually(
      () => Promise.resolve(out()),
      (text) => text.includes('\n'),
      2 * MINUTE_MS,
    ).then((text) => JSON.parse(text) as StackDescription);

  it('--json prints one line, and SIGTERM leaves no process and no port, with two stacks side by side', async () => {
    const [one, two] = [run(['dev/main.ts', '--json']), run(['dev/main.ts', '--json', '--no-agent'])];
    const stacks = await Promise.all([described(one.out), described(two.out)]);
    expect(one.out().trim().split('\n')).toHaveLength(1);
    const ports = stacks.flatMap((stack) =>
      [
        stack.ocelot_url,
        stack.lkps_url,
        stack.livekit_api.url,
        stack.agent_gateway_url,
        stack.entra.authority,
        stack.database_url,
      ].map((url) => Number(new URL(url).port)),
    );
    expect(new Set(ports).size).toBe(12);
    expect((await Promise.all(ports.map(isOpen))).every(Boolean)).toBe(true);

    one.child.kill('SIGTERM');
    two.child.kill('SIGTERM');
    expect(await Promise.all([exitOf(one.child), exitOf(two.child)])).toEqual([0, 0]);
    expect(processesMarked(marker)).toEqual([]);
    expect((await Promise.all(ports.map(isOpen))).some(Boolean)).toBe(false);
    expect(readdirSync(marker)).toEqual([]);
  });

  it.each([
    {
      args: [],
      heard: [
        ['"participant_identity":"app-', '"audio_echoed"', 'registered  '],
        ['"user-', '"audio_echoed"', 'registered  '],
      ],
    },
    { args: ['--no-agent'], heard: [['"agent_name":"', 'registered  ']] },
    {
      args: ['--graph', '--no-agent'],
      heard: [['"agent_name":"', '"code":"client_not_authorized"', '204\n204\n']],
    },
  ])('every line of the guide works as it is, pasted into a shell: dev $args', async ({ args, heard }) => {
    const dev = run(['dev/main.ts', ...args]);
    const guide = await eventually(
      () => Promise.resolve(dev.out()),
      (text) => text.includes('Ctrl-C'),
      2 * MINUTE_MS,
    );
    const [, toPaste = ''] = guide.split('Paste these');
    const blocks = toPaste.split('\n\n').filter((block) => block.startsWith('  '));
    const tokens = blocks.filter((block) => block.startsWith('  TOKEN='));
    expect(tokens).toHaveLength(heard.length);
    for (const [index, token] of tokens.entries()) {
      const lines = [token, ...blocks.filter((block) => !tokens.includes(block))];
      const said = await outputOf(lines.join('\n'));
      for (const text of [...(heard[index] ?? []), '"status":"pass"']) expect(said).toContain(text);
    }
    dev.child.kill('SIGTERM');
    expect(await exitOf(dev.child)).toBe(0);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)(
    '%s in the middle of the demo leaves no process',
    async (signal) => {
      const demo = run(['dev/demo.ts']);
      await eventually(
        () => Promise.resolve(demo.out()),
        (text) => text.includes('client -> Ocelot'),
        2 * MINUTE_MS,
      );
      demo.child.kill(signal);
      expect(await exitOf(demo.child)).not.toBe(0);
      expect(demo.out()).not.toContain('failed after');
      await eventually(
        () => Promise.resolve(processesMarked(marker)),
        (left) => left.length === 0,
        MINUTE_MS,
      );
    },
  );

  it('the demo exits 0, having shown every hop, the life, the trail and the refusals, without a colour', async () => {
    const demo = run(['dev/demo.ts']);
    const code = await exitOf(demo.child);
    const shown = demo.out();
    expect(code, shown).toBe(0);
    for (const text of [
      'client -> Entra',
      'client <-> agent',
      'room_finished',
      'session.granted',
      'client_not_authorized',
      'proxy_proof_missing',
      'worker.job_relayed',
      '401: LiveKit does not know the key that signed it',
      'wrong_agent_name',
      'lands in its own room',
      '401: the signature is wrong',
    ]) {
      expect(shown).toContain(text);
    }
    expect(shown).not.toContain('\u001b');
    expect(shown).not.toContain('eyJ');
    expect(shown.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(processesMarked(marker)).toEqual([]);
  });
});

/** Every process that was started with this TMPDIR, by whomever: Linux only, like the check itself. */
function processesMarked(marker: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const marked = readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TMPDIR=${marker}`);
        return marked ? [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`] : [];
      } catch {
        return []; // it has just ended
      }
    });
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
