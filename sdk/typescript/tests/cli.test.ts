import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../src/errors.ts';
import { PATIENCE_MS, startAgent, type AgentProcess } from './support/agent-process.ts';
import { openFakePlatform, type FakePlatform, type Reply } from './support/fake-platform.ts';

const HOUR = { lifeMs: 3_600_000 };
const BUSY = { status: 503, code: 'overloaded' };

let open: readonly { readonly close: () => Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(open.map((one) => one.close()));
  open = [];
});

/** The last lines of a process may come a moment after its end. */
const POLL = { timeout: PATIENCE_MS };

type Options = Parameters<typeof startAgent>[1];

async function run(
  reply: Reply,
  options?: Options,
): Promise<{ platform: FakePlatform; agent: AgentProcess; code: () => Promise<number | null> }> {
  const platform = await openFakePlatform(reply);
  const agent = await startAgent(platform, options);
  open = [...open, platform, { close: () => agent.child.stop() }];
  return { platform, agent, code: async () => (await agent.exit()).code };
}

describe('a signal ends the agent in good order', { timeout: 300_000 }, () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s while Entra is asked', async (signal) => {
    const { agent, code } = await run(HOUR, { env: { TEST_ENTRA: 'hang' } });
    await agent.until('asking Entra');
    agent.signal(signal);
    expect(await code()).toBe(EXIT_CODES.stopped);
    await expect
      .poll(() => agent.lines().at(-1), POLL)
      .toMatchObject({ msg: 'the agent has stopped', exit_code: 0 });
  });

  it('while the platform is asked', async () => {
    const { agent, platform, code } = await run('silence');
    await expect.poll(platform.asked, POLL).toBe(1);
    agent.signal('SIGINT');
    expect(await code()).toBe(EXIT_CODES.stopped);
  });

  it('while it waits to ask again', async () => {
    const { agent, code } = await run(BUSY);
    await agent.until('not registered yet; trying again');
    agent.signal('SIGTERM');
    expect(await code()).toBe(EXIT_CODES.stopped);
  });

  it('while the gateway does not answer', async () => {
    const { agent, platform, code } = await run(HOUR);
    platform.gateway.welcome = 'hang';
    await expect.poll(() => platform.gateway.tokens.length, POLL).toBe(1);
    agent.signal('SIGINT');
    expect(await code()).toBe(EXIT_CODES.stopped);
  });

  it('while jobs run: `start` lets them finish, and a second signal does not wait', async () => {
    const { agent, platform, code } = await run(HOUR, { env: { TEST_JOB: 'long' } });
    await agent.until('connected');
    platform.gateway.giveJob('AJ_1');
    const { process: job } = await agent.until('job begins');
    agent.signal('SIGTERM');
    await agent.until('job ends');
    expect(await code()).toBe(EXIT_CODES.stopped);
    await expect
      .poll(agent.lines, POLL)
      .toContainEqual(
        expect.objectContaining({ msg: 'the agent ends: no more jobs, those that run may finish' }),
      );
    await expect.poll(() => isAlive(Number(job)), POLL).toBe(false);

    const other = await run(HOUR, { env: { TEST_JOB: 'endless' } });
    await other.agent.until('connected');
    other.platform.gateway.giveJob('AJ_1');
    const { process: forced } = await other.agent.until('job begins');
    other.agent.signal('SIGINT');
    await other.agent.until('stopping');
    other.agent.signal('SIGINT');
    expect(await other.code()).toBe(EXIT_CODES.forced);
    await expect.poll(() => isAlive(Number(forced)), POLL).toBe(false);
  });
});

it(
  'an agent that ends leaves no process behind, and waits for none that still loads',
  { timeout: 300_000 },
  async () => {
    const preload = fileURLToPath(new URL('programs/slow-job.mjs', import.meta.url));
    const env = { NODE_OPTIONS: `--import ${preload}` };
    const { agent, code } = await run(HOUR, { env, isWatched: true });
    await agent.until('job process');
    await agent.until('connected');
    agent.signal('SIGTERM');
    expect(await code()).toBe(EXIT_CODES.stopped);
    await expect
      .poll(() => agent.lines().at(-1), POLL)
      .toEqual({ event: 'exit', code: EXIT_CODES.stopped, signal: null });
    expect(agent.lines().filter(({ event }) => event === 'left_over')).toEqual([]);
    expect(agent.lines().map(({ told }) => told)).not.toContain('job process loaded');
  },
);

describe('an agent that cannot start or go on says why, and its exit code too', { timeout: 300_000 }, () => {
  it.each([
    ['settings', { env: { LKPS_SCOPE: 'x' } }, HOUR, /LKPS_SCOPE is "x"/],
    ['refused', {}, { status: 403, code: 'agent_revoked' }, /was revoked by the platform's operators/],
    ['unavailable', { env: { LKPS_START_TIMEOUT_SECONDS: '0' } }, BUSY, /^not registered in time: /],
  ] as const)('%s', async (name, options, reply, reason) => {
    const { agent, code } = await run(reply, options);
    expect(await code()).toBe(EXIT_CODES[name]);
    await expect
      .poll(() => agent.lines().at(-1), POLL)
      .toMatchObject({
        level: 50,
        exit_code: EXIT_CODES[name],
        reason: expect.stringMatching(reason) as string,
        msg: expect.stringMatching(/^the agent ends: /) as string,
      });
  });

  it('in `dev`, where a person reads it, once', async () => {
    const { agent, code } = await run(HOUR, { args: ['dev'], env: { LKPS_SCOPE: 'x' } });
    expect(await code()).toBe(EXIT_CODES.settings);
    await expect.poll(agent.output, POLL).toContain('exit_code');
    expect(agent.output().split('not of the form')).toHaveLength(2);
  });

  it('failed: its health port is taken', async () => {
    const { platform } = await run(HOUR, { env: { TEST_ENTRA: 'hang' } });
    const { agent, code } = await run(HOUR, { env: { TEST_PORT: new URL(platform.url).port } });
    expect(await code()).toBe(EXIT_CODES.failed);
    await expect
      .poll(() => agent.lines().at(-1), POLL)
      .toMatchObject({
        reason: expect.stringContaining('the worker failed: ') as string,
      });
  });

  it('a command that there is not, and help', async () => {
    const unknown = await run(HOUR, { args: ['connect'] });
    expect(await unknown.code()).toBe(EXIT_CODES.settings);
    await expect.poll(unknown.agent.output, POLL).toContain('there is no command "connect"');
    const help = await run(HOUR, { args: ['--help'] });
    expect(await help.code()).toBe(EXIT_CODES.stopped);
    await expect.poll(help.agent.output, POLL).toContain('usage: node <agent file> [start | dev');
    expect(unknown.platform.asked() + help.platform.asked()).toBe(0);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
