import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agents } from '../../../composition/commands/agents.ts';
import { clients } from '../../../composition/commands/clients.ts';
import type { Command } from '../../../composition/commands/command.ts';
import { sessions } from '../../../composition/commands/sessions.ts';
import { agentNameOf, parseClientId } from '../../../core/index.ts';
import { openCommandStage, registration, USER, type CommandStage } from '../../support/commands-stage.ts';
import { freshSessionId } from '../../support/fresh-ids.ts';

describe('what an operator sees', () => {
  const agent = parseClientId(crypto.randomUUID());
  const client = parseClientId(crypto.randomUUID());
  let stage: CommandStage;
  beforeEach(async () => {
    stage = await openCommandStage(agent);
  });
  afterEach(() => stage.close());

  it('lists fit into 100 columns, are bounded, and are JSON lines where asked', async () => {
    for (let count = 0; count < 4; count += 1) {
      await stage.opened(client, agent);
    }
    const personal = agentNameOf(agent, USER);
    await stage.subject.agents.register({ ...registration(agent), name: personal, userId: USER }, []);
    await stage.run(agents, 'revoke', client, '--reason', 'because '.repeat(20));
    const lists: readonly (readonly [Command, readonly string[]])[] = [
      [agents, ['list']],
      [clients, ['list']],
      [sessions, ['list']],
    ];
    for (const [command, args] of lists) {
      const { out } = await stage.run(command, ...args);
      expect(out.split('\n').every((line) => line.length <= 100 || line.includes(personal))).toBe(true);
    }
    const bounded = await stage.run(sessions, 'list', '--limit', '2');
    expect(bounded.out.trimEnd().split('\n').length).toBe(3);
    expect(bounded.err).toContain('only the newest 2 are shown');
    const listed = (await stage.run(agents, 'list', '--revoked', '--json')).out.trimEnd().split('\n');
    expect(listed.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { agent: client, state: 'revoked' },
    ]);
  });

  it('agents list says what the trail calls an agent, so that a row leads to a personal agent', async () => {
    const personal = agentNameOf(agent, USER);
    await stage.run(agents, 'revoke', personal);
    await stage.run(agents, 'revoke', agent);
    const { out } = await stage.run(agents, 'list', '--json');
    const listed = out.trimEnd().split('\n');
    const [ofApplication, ofUser] = (await stage.trail()).map(({ agent_name: ref }) => ref).toReversed();
    expect(listed.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { agent, agent_ref: ofApplication },
      { agent: personal, agent_ref: ofUser },
    ]);
    expect([ofApplication, ofUser]).toEqual([agent, expect.not.stringContaining(USER)]);
    const { sessionId } = await stage.opened(client, agent, USER);
    expect((await stage.run(sessions, 'show', sessionId)).out).toMatch(`${String(ofUser)}\n`);
  });

  it('sessions show tells state, facts and trail, and of a user only the reference of the audit rows', async () => {
    const { sessionId } = await stage.opened(client, agent, USER);
    await stage.run(sessions, 'end', sessionId, '--reason', 'OPS-9');
    for (const args of [[], ['--json']]) {
      const { out, code } = await stage.run(sessions, 'show', sessionId, ...args);
      expect(code).toBe(0);
      expect(out).toContain('session_cut');
      expect(out).toContain('session.ended_by_operator');
      expect(out).toContain('OPS-9');
      expect(out).toMatch(/user_ref.*[0-9a-f]{64}/);
      expect(out).not.toContain(USER);
      expect(out).not.toMatch(/canary/);
    }
    expect(await stage.run(sessions, 'show', freshSessionId())).toMatchObject({ code: 1, out: '' });
  });
});
