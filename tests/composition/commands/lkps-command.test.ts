import { describe, expect, it } from 'vitest';
import { UsageError, type Command } from '../../../composition/commands/command.ts';
import { lkpsCommand } from '../../../composition/commands/lkps-command.ts';
import { GATEWAY_PROCESS_SETTINGS } from '../../../composition/gateway-process-config.ts';
import { VERSION } from '../../../composition/version.ts';

const COMMANDS = ['serve', 'gateway', 'migrate', 'agents', 'clients', 'sessions'];
const USAGE = /^usage: lkps <command>$/m;

interface Asked {
  readonly code: number;
  readonly out: string;
  /** What `serve`, `gateway` and `migrate` were run with. */
  readonly ran: readonly (readonly [string, readonly string[]])[];
}

/** Without any setting: what is asked here must not need one. */
async function lkps(line: string): Promise<Asked> {
  const ran: [string, readonly string[]][] = [];
  let text = '';
  const act =
    (name: string): Command =>
    (args) => {
      ran.push([name, args]);
      return Promise.resolve(0);
    };
  const acts = { serve: act('serve'), gateway: act('gateway'), migrate: act('migrate') };
  const code = await lkpsCommand(acts)(line === '' ? [] : line.split(' '), {
    env: {},
    out: (more) => (text += more),
    err: () => expect.unreachable(),
  });
  return { code, out: text, ran };
}

async function refusalOf(line: string): Promise<string> {
  const error: unknown = await lkps(line).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UsageError);
  return error instanceof UsageError ? error.message : '';
}

describe('lkps', () => {
  it('gateway names every setting that the gateway reads, and no other', async () => {
    const { out } = await lkps('gateway --help');
    const named = [...out.matchAll(/LKPS_\w+(?![\w=])/g)].map(([name]) => name);
    expect(named.toSorted()).toEqual([...GATEWAY_PROCESS_SETTINGS].toSorted());
  });

  it.each(['help', '--help', '-h', ''])('%j lists every command', async (line) => {
    const { code, out } = await lkps(line);
    expect(code).toBe(0);
    expect(out).toMatch(USAGE);
    for (const name of COMMANDS) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(out.split('\n').every((row) => row.length <= 100)).toBe(true);
  });

  it.each(COMMANDS)('%s says what it is, however that is asked, and does nothing', async (name) => {
    const { code, out, ran } = await lkps(`${name} --help`);
    expect([code, ran]).toEqual([0, []]);
    expect(out).toMatch(new RegExp(`^usage: lkps ${name}`));
    for (const line of [`${name} -h`, `${name} help`, `help ${name}`, `-h ${name}`, `${name} x --help`]) {
      expect(await lkps(line)).toEqual({ code, out, ran });
    }
  });

  it('--version is the version, and nothing else', async () => {
    expect(await lkps('--version')).toEqual({ code: 0, out: `${VERSION}\n`, ran: [] });
  });

  it.each(['serve', 'gateway', 'migrate'])('%s runs with what follows it', async (name) => {
    expect(await lkps(name)).toEqual({ code: 0, out: '', ran: [[name, []]] });
    expect((await lkps(`${name} --now`)).ran).toEqual([[name, ['--now']]]);
  });

  it.each([
    ['agnets', 'agnets'],
    ['agnets --help', 'agnets'],
    ['help agnets', 'agnets'],
    ['toString', 'toString'],
    ['--bogus', '--bogus'],
  ])('%s is refused with what is not known, and what is', async (line, unknown) => {
    const message = await refusalOf(line);
    expect(message.split('\n')[0]).toBe(`unknown: "${unknown}"`);
    expect(message).toMatch(USAGE);
  });

  it.each([
    ['--version agents', 'agents'],
    ['help agents list', 'list'],
  ])('%s is refused for what is too much', async (line, surplus) => {
    expect(await refusalOf(line)).toBe(`unexpected argument "${surplus}"`);
  });
});
