import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../src/errors.ts';
import { PATIENCE_MS, startAgent, type AgentProcess, type Line } from './support/agent-process.ts';
import { openFakePlatform, type FakePlatform } from './support/fake-platform.ts';
import { messageVectors } from './support/vectors.ts';

const RENEWED = { code: 1012, reason: 'renewed' };
const WARNING = 40;

/** One agent from its start to its end, against a platform that does to it what may happen. */
describe('the life of an agent', { timeout: 300_000 }, () => {
  let platform: FakePlatform;
  let agent: AgentProcess;
  beforeAll(async () => {
    platform = await openFakePlatform({ lifeMs: 9_000 });
    agent = await startAgent(platform, { env: { TEST_JOB: 'look', LIVEKIT_URL: 'wss://planted.example' } });
    await agent.until('registered');
    platform.reply({ lifeMs: 3_600_000 }); // one renewal, and no other in the middle of what follows
  });
  afterAll(async () => {
    await agent.child.stop();
    await platform.close();
  });

  const count = (name: string): number =>
    agent.lines().filter((line) => (line['told'] ?? line['msg']) === name).length;
  /** About variables and connections: upstream also warns of a machine that is busy with other tests. */
  const warnings = (): readonly Line[] =>
    agent
      .lines()
      .filter(
        ({ level, msg }) =>
          Number(level) >= WARNING && /variable|connect|gateway|registe|token/i.test(String(msg)),
      );
  const connectedAgain = async (times: number): Promise<void> => {
    await expect.poll(() => count('connected'), { timeout: PATIENCE_MS }).toBe(times);
  };

  it('connects with the token of its registration, and says who it is', async () => {
    const { event } = await agent.until('connected');
    expect(event).toEqual({ workerId: 'AW_1' });
    expect(platform.gateway.tokens).toEqual(['planted-token-1']);
    expect(await agent.until('registered at the platform')).toMatchObject({
      level: 30,
      region: 'eu',
      agent_name: '11111111-2222-4333-8444-555555555555',
      request_id: expect.stringMatching(/^[-0-9a-f]{36}$/) as string,
    });
  });

  it('has said which variables were removed', () => {
    expect(warnings().map(({ msg }) => msg)).toEqual([
      messageVectors.log['removed']?.replace('{names}', 'LIVEKIT_URL, LIVEKIT_API_KEY'),
    ]);
  });

  it('in a job: what needs a LiveKit key fails with one clear error, also with what upstream hands over as one', async () => {
    platform.gateway.giveJob('AJ_1');
    const { deleteRoom, signed } = await agent.until('job');
    expect(deleteRoom).toMatch(/^BlockedError: ctx\.deleteRoom\(\) is blocked: /);
    expect(signed).toMatch(/^BlockedError: AccessToken is blocked: /);
  });

  it('in a job: no variable of upstream that goes around the platform, also where the program brings one back', async () => {
    const { environment } = await agent.until('job');
    const text = JSON.stringify(environment);
    expect(text).not.toMatch(/LIVEKIT_/);
    expect(text).not.toMatch(/brought-back|lkps-no-api|planted/);
  });

  it('is renewed in time', async () => {
    await agent.until('renewed');
    expect(platform.asked()).toBe(2);
    expect(agent.lines()).toContainEqual(
      expect.objectContaining({ level: 30, msg: 'renewed the registration' }),
    );
  });

  it('comes back at once with the newest token when the gateway closes in good order', async () => {
    const before = platform.asked();
    platform.gateway.newest.close(RENEWED.code, RENEWED.reason);
    await connectedAgain(2);
    expect(platform.gateway.tokens.at(-1)).toBe(`planted-token-${before}`);
    expect(warnings()).toHaveLength(1);
    expect(agent.lines()).toContainEqual(
      expect.objectContaining({
        level: 30,
        msg: messageVectors.log['reconnecting'],
        reason: 'closed with 1012 renewed',
        retry_in_ms: 0,
      }),
    );
  });

  it('comes back by itself when the connection is lost, with a warning of one line', async () => {
    platform.gateway.newest.terminate();
    await connectedAgain(3);
    expect(await agent.until('the connection to the agent gateway was lost; coming back')).toMatchObject({
      level: WARNING,
      reason: 'closed with 1006',
      attempt: expect.any(Number) as number,
    });
  });

  it('loses no more than the connection when the gateway sends what cannot be decoded', async () => {
    platform.gateway.newest.send(Buffer.from('ffffffffff', 'hex'));
    await connectedAgain(4);
    expect(agent.lines()).toContainEqual(
      expect.objectContaining({
        level: WARNING,
        msg: messageVectors.log['connection_lost'],
        reason: expect.stringMatching(/^closed with 1007 /) as string,
      }),
    );
  });

  it('registers again at once when the gateway does not accept its token, and never tries that again', async () => {
    const before = platform.gateway.tokens.length;
    const asked = platform.asked();
    platform.gateway.welcome = 'refuse';
    platform.gateway.newest.close(RENEWED.code, RENEWED.reason);
    const early = await agent.until('the gateway does not accept the token; registering again at once');
    expect(early).toMatchObject({ level: WARNING, reason: 'the gateway answered HTTP 401' });
    await expect.poll(platform.asked, { timeout: PATIENCE_MS }).toBeGreaterThan(asked);
    platform.gateway.welcome = 'admit';
    await connectedAgain(5);
    const tried = platform.gateway.tokens.slice(before);
    expect(new Set(tried).size).toBe(tried.length);
  });

  it('that is revoked hears it at once and ends with the reason', async () => {
    platform.reply({ status: 403, code: 'agent_revoked' });
    platform.gateway.newest.close(1008, 'agent_revoked');
    const { code } = await agent.exit();
    expect(code).toBe(EXIT_CODES.refused);
    await expect
      .poll(() => agent.lines().at(-1), { timeout: PATIENCE_MS })
      .toMatchObject({
        exit_code: EXIT_CODES.refused,
        msg: expect.stringMatching(/^the agent ends: this agent was revoked/) as string,
      });
    expect(await agent.until('stopping')).toMatchObject({
      event: { reason: expect.stringContaining('revoked') as string },
    });
  });

  it('has never shown a token or a traceback', () => {
    expect(agent.output()).not.toMatch(/planted-token|planted-entra-token|job-token|lkps-no-api/);
    expect(agent.output()).not.toMatch(/\bat .+:\d+:\d+\)?/);
  });
});
