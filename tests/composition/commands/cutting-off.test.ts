import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agents } from '../../../composition/commands/agents.ts';
import { clients } from '../../../composition/commands/clients.ts';
import { UsageError } from '../../../composition/commands/command.ts';
import { sessions } from '../../../composition/commands/sessions.ts';
import { ConfigError } from '../../../composition/config.ts';
import { StartError } from '../../../composition/start-error.ts';
import { operatorMessage } from '../../../composition/operator-message.ts';
import { agentNameOf, parseClientId, type SessionIntent } from '../../../core/index.ts';
import { freePort } from '../../../dev/process/free-port.ts';
import { openCommandStage, registration, USER, type CommandStage } from '../../support/commands-stage.ts';
import { freshSessionId } from '../../support/fresh-ids.ts';
import { deadUrl } from '../../support/livekit-impostor.ts';
import { query } from '../../support/postgres-database.ts';

describe('the commands that cut off', () => {
  const agent = parseClientId(crypto.randomUUID());
  const client = parseClientId(crypto.randomUUID());
  let stage: CommandStage;
  beforeEach(async () => {
    stage = await openCommandStage(agent);
  });
  afterEach(() => stage.close());

  const run: CommandStage['run'] = (...call) => stage.run(...call);
  const opened = (caller = client, to = agent): Promise<SessionIntent> => stage.opened(caller, to);

  it('revoke ends the open sessions of the agent and no other, each on record with the reason', async () => {
    const [first, second, other] = [await opened(), await opened(), await opened(client, client)];
    const revoked = await run(agents, 'revoke', agent.toUpperCase(), '--reason', 'OPS-7: leaked');
    expect(revoked).toEqual({ code: 0, out: `revoked: ${agent}\nended: 2 sessions\n`, err: '' });
    for (const { sessionId } of [first, second]) {
      expect(await stage.subject.sessions.find({ sessionId })).toMatchObject({
        state: 'ended',
        endReason: 'revoked',
      });
    }
    expect(await stage.subject.sessions.find({ room: other.room })).toMatchObject({ state: 'starting' });
    expect(await stage.subject.agents.register(registration(agent), [])).toBe('agent_revoked');
    const details = { by: 'operator', note: 'OPS-7: leaked' };
    const rows = await stage.trail();
    expect(rows[0]).toMatchObject({
      type: 'agent.revoked',
      agent_name: agent,
      actor_client_id: null,
      details: { ...details, sessions: 'to_end' },
    });
    const ended = rows.filter(({ type }) => type === 'session.ended_by_operator');
    expect(ended.map((row) => row.details)).toEqual(
      [1, 2].map(() => ({ ...details, cause: 'agent_revoked' })),
    );
    const transitions = rows.filter(({ type }) => type === 'session.transition');
    expect(transitions.map((row) => row.details)).toEqual(
      [1, 2].map(() => ({ from: 'starting', to: 'ended', end_reason: 'revoked' })),
    );
    expect(rows.length).toBe(5);
    expect(stage.livekit.tokens.length).toBe(4); // sessions that were starting: closed before and after the record
  });

  it('revoke done twice changes nothing, says so, and leaves no row; restore takes it back, once', async () => {
    await run(agents, 'revoke', agent);
    expect((await run(agents, 'revoke', agent)).out).toBe(`already revoked: ${agent}\nended: 0 sessions\n`);
    expect(await run(agents, 'restore', agent)).toMatchObject({ code: 0, out: `restored: ${agent}\n` });
    expect(await run(agents, 'restore', agent)).toMatchObject({
      code: 0,
      out: `nothing to restore: ${agent} is not revoked\n`,
    });
    const personal = agentNameOf(agent, USER);
    expect((await run(agents, 'restore', personal)).out).toBe(
      `nothing to restore: ${personal} is not revoked on its own; its application may be: ${agent}\n`,
    );
    expect((await stage.trail()).map(({ type }) => type)).toEqual(['agent.revoked', 'agent.restored']);
    expect(await stage.subject.agents.register(registration(agent), [])).toBe('registered');
  });

  it('--keep-sessions needs no LiveKit and leaves the sessions alone, which is on record', async () => {
    const { room } = await opened();
    stage.env = Object.fromEntries(
      Object.entries(stage.env).filter(([key]) => !key.startsWith('LKPS_LIVEKIT')),
    );
    expect(await run(agents, 'revoke', agent, '--keep-sessions')).toMatchObject({ code: 0 });
    expect(await run(clients, 'block', client, '--keep-sessions')).toMatchObject({ code: 0 });
    expect(await stage.subject.sessions.find({ room })).toMatchObject({ state: 'starting' });
    expect((await stage.trail()).map((row) => row.details)).toEqual([
      { by: 'operator', sessions: 'kept' },
      { by: 'operator', sessions: 'kept', client_id: client },
    ]);
    for (const refuse of [() => run(agents, 'revoke', agent), () => run(clients, 'block', client)]) {
      const refused = refuse();
      await expect(refused).rejects.toThrow(ConfigError);
      await expect(refused).rejects.toThrow(
        /LKPS_LIVEKIT_URL: [^]*\n--keep-sessions cuts off without LiveKit/,
      );
    }
  });

  it.each([[], ['--keep-sessions']])(
    'an id that nobody here knows is cut off, and is said to be unknown: %j',
    async (...args) => {
      const stranger = crypto.randomUUID();
      const revoked = await run(agents, 'revoke', stranger, ...args);
      expect(revoked).toMatchObject({ code: 0, err: `lkps: ${stranger} has never registered here\n` });
      expect(await run(agents, 'revoke', stranger, ...args)).toMatchObject({ code: 0, err: revoked.err });
      const blocked = await run(clients, 'block', stranger, ...args);
      expect(blocked).toMatchObject({ code: 0, err: `lkps: ${stranger} has never started a session here\n` });
      expect(await run(agents, 'revoke', agent, ...args)).toMatchObject({ code: 0, err: '' });
      await opened();
      expect(await run(clients, 'block', client, ...args)).toMatchObject({ code: 0, err: '' });
      expect((await stage.trail()).filter(({ type }) => type === 'agent.revoked').length).toBe(2);
    },
  );

  it('a LiveKit that does not answer is reported for each session; run again, the command does the rest', async () => {
    const { sessionId } = await opened();
    const alive = stage.env;
    stage.env = { ...stage.env, LKPS_LIVEKIT_URL: await deadUrl() };
    const failed = await run(agents, 'revoke', agent);
    expect(failed).toMatchObject({ code: 1, out: `revoked: ${agent}\nended: 0 of 1 session\n` });
    expect(failed.err).toContain(`not ended: ${sessionId} (livekit_unavailable)`);
    expect(failed.err).toContain('run the same command again');
    expect(await stage.subject.sessions.find({ sessionId })).toMatchObject({ state: 'starting' });
    stage.env = alive;
    expect(await run(agents, 'revoke', agent)).toMatchObject({
      code: 0,
      out: `already revoked: ${agent}\nended: 1 session\n`,
    });
  });

  it('block and unblock do the same for a client, and say nothing of it as an agent', async () => {
    const { sessionId } = await opened();
    const other = await opened(agent, agent);
    expect((await run(clients, 'block', client)).out).toBe(`blocked: ${client}\nended: 1 session\n`);
    expect(await stage.subject.sessions.find({ sessionId })).toMatchObject({ endReason: 'revoked' });
    expect(await stage.subject.sessions.find({ room: other.room })).toMatchObject({ state: 'starting' });
    expect(await stage.subject.cutOffs.isBlocked(client)).toBe(true);
    expect(await stage.subject.agents.register(registration(client), [])).toBe('registered');
    expect((await run(clients, 'list')).out).toContain(client);
    expect((await run(clients, 'unblock', client)).out).toBe(`unblocked: ${client}\n`);
    expect((await run(clients, 'list', '--json')).out).toBe('');
    expect(await stage.subject.cutOffs.isBlocked(client)).toBe(false);
  });

  it('sessions end ends one, or those of an agent or a client, and needs exactly one of them', async () => {
    const [one, two, three] = [await opened(), await opened(agent), await opened()];
    expect(await run(sessions, 'end', one.sessionId)).toMatchObject({ code: 0, out: 'ended: 1 session\n' });
    expect((await run(sessions, 'end', one.sessionId)).out).toBe('ended: 0 sessions; 1 already over\n');
    expect((await run(sessions, 'end', '--client', agent)).out).toBe('ended: 1 session\n');
    expect(await stage.subject.sessions.find({ room: two.room })).toMatchObject({ endReason: 'revoked' });
    expect((await run(sessions, 'end', '--agent', agent)).out).toBe('ended: 1 session\n');
    expect(await stage.subject.sessions.find({ room: three.room })).toMatchObject({ endReason: 'revoked' });
    const stranger = freshSessionId();
    expect(await run(sessions, 'end', stranger)).toMatchObject({ code: 1, out: '' });
    for (const args of [[], ['--agent', agent, '--client', client], [stranger, '--agent', agent]]) {
      await expect(run(sessions, 'end', ...args)).rejects.toThrow(UsageError);
    }
  });

  it.for([
    ['revoke'],
    ['revoke', 'not-an-id'],
    ['revoke', agent, 'another'],
    ['revoke', agent, '--reason', 'ada@example.test said so'],
    ['revoke', agent, '--reason', 'eyJhbGciOiJIUzI1NiJ9.e30.x'],
    ['revoke', agent, '--reason', `asked by ${USER}`],
    ['revoke', agent, '--reason', 'two\nlines'],
    ['revoke', agent, '--reason', ''],
    ['revoke', agent, '--keep-session'],
    ['list', '--limit', '0'],
    ['list', '--limit', '5000'],
    ['list', agent],
    ['list', '--after', 'b'],
    ['list', '--agent', `${agent}.${'a'.repeat(63)}`],
    ['revoke', `b.${'a'.repeat(64)}`],
    ['remove', agent],
    [],
  ])('agents %j is no command: nothing is done', async (args) => {
    await expect(run(agents, ...args)).rejects.toThrow(UsageError);
    expect(await stage.trail()).toEqual([]);
    expect(stage.livekit.tokens).toEqual([]);
  });

  /** Commands that write and that read alike, in these words and with no value of a setting. */
  const expectAllRefused = async (words: string): Promise<void> => {
    for (const [command, ...args] of [
      [agents, 'revoke', agent],
      [clients, 'list'],
      [sessions, 'list'],
    ] as const) {
      const refused = run(command, ...args);
      await expect(refused).rejects.toThrow(StartError);
      await expect(refused).rejects.toThrow(words);
      await expect(refused).rejects.not.toThrow('canary');
    }
  };

  it.each([
    ['LKPS_SUBJECT_KEY', 'canary-of-another-key-0123456789abcdef'],
    ['LKPS_REGION', 'canary-region'],
  ])('refuse another %s than the records were made with, and do nothing', async (name, value) => {
    const right = stage.env;
    stage.env = { ...right, [name]: value };
    await expectAllRefused(name);
    expect(await stage.trail()).toEqual([]);
    stage.env = right;
    expect(await run(agents, 'revoke', agent)).toMatchObject({ code: 0 });
  });

  it('refuse a database on which no service has run, and do not make it theirs', async () => {
    await query(stage.subject.urls.adminUrl, 'delete from deployment');
    await expectAllRefused('start the service first');
    expect(await stage.trail()).toEqual([]);
    expect(await query(stage.subject.urls.adminUrl, 'select from deployment')).toEqual([]);
  });

  it('say that the database cannot be reached, by which setting, and not where it is', async () => {
    const url = `postgres://lkps:canary@127.0.0.1:${await freePort()}/canary`;
    stage.env = { ...stage.env, LKPS_DATABASE_URL: url };
    const refused = await run(agents, 'list').catch(operatorMessage);
    expect(refused).toBe('the database cannot be reached (LKPS_DATABASE_URL): ECONNREFUSED');
  });

  it('act on a fit database only, as the role of the service', async () => {
    stage.env = { ...stage.env, LKPS_DATABASE_URL: stage.subject.urls.adminUrl };
    await expect(run(agents, 'revoke', agent)).rejects.toThrow(StartError);
    expect(await stage.trail()).toEqual([]);
  });
});
