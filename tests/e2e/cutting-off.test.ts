import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { untilAgentIs } from '../../dev/agent-presence.ts';
import type { EchoAgent } from '../../dev/echo-agent.ts';
import { eventOf, runClient, startClient, type ClientEvent } from '../../dev/client-process.ts';
import {
  applicationToken,
  bearer,
  post,
  startSession,
  userToken,
  type Answer,
  type StartedSession,
} from '../../dev/platform-client.ts';
import type { Child } from '../../dev/process/child.ts';
import { runCli, type CliRun } from '../support/cli-run.ts';
import { eventually } from '../support/eventually.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';
import { tookMs, trifle } from '../support/unstalled.ts';

interface Witness {
  readonly session: StartedSession;
  readonly events: readonly ClientEvent[];
  readonly client: Child;
}

/** A real LiveKit client in a room with the echo agent, and an operator at the command line. */
describe('cutting off', { timeout: 180_000 }, () => {
  let fixture: StackFixture;
  let agent: string;
  let client: string;
  let token: string;
  let restarted: EchoAgent | undefined;
  const witnesses: Child[] = [];

  beforeAll(async () => {
    fixture = await openStack({ env: { LKPS_RATE_LIMIT_CALLER: 'off', LKPS_RATE_LIMIT_CLIENT: 'off' } });
    const { apps, users } = fixture.description;
    [agent, client] = [apps['agent-a'].client_id, apps['client-a'].client_id];
    token = await userToken(fixture.description, users['ada'] ?? expect.unreachable(), apps['client-a']);
  });
  afterEach(async () => {
    await Promise.all(witnesses.splice(0).map((witness) => witness.stop()));
    await Promise.all([
      lkps('sessions', 'end', '--agent', agent),
      lkps('agents', 'restore', agent),
      lkps('clients', 'unblock', client),
    ]);
  });
  afterAll(() => fixture.close());
  const lkps = (...args: readonly string[]): Promise<CliRun> => runCli(args, fixture.stack.lkpsEnv);
  const presence = (is: 'online' | 'offline'): Promise<void> =>
    untilAgentIs(is, agent, { databaseUrl: fixture.stack.postgres.serviceUrl, timeoutMs: 30_000 });
  const expectOffline = async (): Promise<void> => {
    const asking = trifle(fixture, fixture.description.lkps_url);
    expect(await tookMs(presence('offline'), asking)).toBeLessThan(5_000);
  };
  const bringAgentBack = async (): Promise<void> => {
    await lkps('agents', 'restore', agent);
    await (restarted ?? fixture.stack.agent)?.stop();
    restarted = await fixture.stack.startAgent('agent-a');
  };
  const start = (): Promise<Answer> =>
    post(`${fixture.description.ocelot_url}/api/session/start`, { agent_entra_app_id: agent }, bearer(token));
  const register = async (): Promise<Answer> => {
    const app = await applicationToken(fixture.description, fixture.description.apps['agent-a']);
    return post(`${fixture.description.ocelot_url}/api/agent/register`, {}, bearer(app));
  };
  const reasonOf = async ({ requestId }: Answer): Promise<string | undefined> =>
    (
      await fixture.sql<{ reason: string }>(
        `select reason from audit_events where request_id = $1 and outcome = 'denied'`,
        [requestId],
      )
    )[0]?.reason;

  /** In the room, with the agent, until the end of the test at the latest. */
  async function joined(): Promise<Witness> {
    await presence('online');
    const session = await startSession(fixture.description, token, agent);
    const events: ClientEvent[] = [];
    const child = await startClient(session, ['stay', '--seconds', '300'], {
      onEvent: (event) => events.push(event),
    });
    witnesses.push(child);
    await eventually(
      () => Promise.resolve(events),
      (seen) => seen.some(({ event, kind }) => event === 'participant_joined' && kind === 'AGENT'),
      30_000,
    );
    return { session, events, client: child };
  }

  const isPutOut = (events: readonly ClientEvent[]): boolean =>
    events.some(({ event, reason }) => event === 'disconnected' && reason === 'ROOM_DELETED');

  async function expectOut({ session, events }: Witness): Promise<void> {
    await eventually(() => Promise.resolve(events), isPutOut, 10_000);
    const again = await runClient(session, ['probe-join', '--via', 'websocket']);
    expect(eventOf(again, 'refused')['status']).toBe(404);
    const found = 'select state, end_reason from sessions where session_id = $1';
    const rows = await fixture.sql(found, [session.sessionId]);
    expect(rows).toEqual([{ state: 'ended', end_reason: 'revoked' }]);
  }

  it('a revoked agent loses its sessions within seconds, registers no more, and nobody reaches it', async () => {
    const witness = await joined();
    const revoked = await lkps('agents', 'revoke', agent, '--reason', 'OPS-1: leaked secret');
    expect(revoked).toMatchObject({ code: 0, stdout: `revoked: ${agent}\nended: 1 session`, stderr: '' });
    await expectOut(witness);

    expect(await register()).toMatchObject({ status: 403, body: { code: 'agent_revoked' } });
    const refused = await start();
    expect(refused).toMatchObject({ status: 404, body: { code: 'agent_not_registered' } });
    expect(refused.body).not.toHaveProperty('participant_token');
    expect(await reasonOf(refused)).toBe('agent_revoked');
    await expectOffline();
    expect(await lkps('agents', 'restore', agent)).toMatchObject({ code: 0, stdout: `restored: ${agent}` });
    expect(await start()).toMatchObject({ status: 503, body: { code: 'agent_unavailable' } });
    await bringAgentBack();
    const session = await startSession(fixture.description, token, agent);
    const talk = await runClient(session, ['talk', '--timeout', '60']);
    expect(talk.exit.code, JSON.stringify(talk.events)).toBe(0);
  });

  it('--keep-sessions lets them go on, and only them', async () => {
    const witness = await joined();
    const kept = await lkps('agents', 'revoke', agent, '--keep-sessions');
    expect(kept).toMatchObject({ code: 0, stdout: `revoked: ${agent}\nits open sessions go on` });
    expect((await start()).status).toBe(404);
    await expectOffline();
    expect(isPutOut(witness.events)).toBe(false);
    expect(await fixture.rooms()).toContain(witness.session.room);

    expect(await lkps('agents', 'revoke', agent)).toMatchObject({
      stdout: `already revoked: ${agent}\nended: 1 session`,
    });
    await expectOut(witness);
    await bringAgentBack();
  });

  it('a blocked client loses its sessions and starts none, until it is unblocked', async () => {
    const witness = await joined();
    expect(await lkps('clients', 'block', client)).toMatchObject({
      code: 0,
      stdout: `blocked: ${client}\nended: 1 session`,
    });
    await expectOut(witness);
    const refused = await start();
    expect(refused).toMatchObject({ status: 403, body: { code: 'client_not_authorized' } });
    expect(await reasonOf(refused)).toBe('client_blocked');
    expect((await lkps('clients', 'list')).stdout).toContain(client);
    expect(await lkps('clients', 'unblock', client)).toMatchObject({ code: 0 });
    expect((await start()).status).toBe(201);
  });

  it('sessions are listed, shown and ended by hand; a user is a reference there', async () => {
    const witness = await joined();
    const { sessionId } = witness.session;
    const why = 'OPS-2: asked for by the team that runs this agent, after the talk of today';
    expect((await lkps('sessions', 'list', '--open')).stdout).toContain(sessionId);
    expect(await lkps('sessions', 'end', sessionId, '--reason', why)).toMatchObject({
      code: 0,
      stdout: 'ended: 1 session',
    });
    await expectOut(witness);
    const shown = await eventually(
      () => lkps('sessions', 'show', sessionId),
      ({ stdout }) => stdout.includes('room_finished'),
    );
    for (const word of ['ended', 'revoked', 'session_cut', 'session.ended_by_operator', `note=${why}`]) {
      expect(shown.stdout).toContain(word);
    }
    const { objectId, email } = fixture.stack.accounts.users.ada;
    for (const personal of [objectId, email ?? expect.unreachable(), token, witness.session.token]) {
      expect(shown.stdout).not.toContain(personal);
    }
    expect((await lkps('sessions', 'list', '--open')).stdout).not.toContain(sessionId);
  });

  it('a revocation while twenty callers start at once leaves no token without its room closed', async () => {
    await presence('online');
    const answers: Answer[] = [];
    let isRevoked = false;
    const callers = Array.from({ length: 20 }, async () => {
      while (!isRevoked && answers.length < 2000) answers.push(await start());
      answers.push(await start());
    });
    await eventually(() => Promise.resolve(answers.some(({ status }) => status === 201)), Boolean);
    const revoke = (): Promise<CliRun> => lkps('agents', 'revoke', agent);
    expect((await eventually(revoke, ({ code }) => code === 0)).stderr).toBe(''); // again, where not all ended in time
    isRevoked = true;
    await Promise.all(callers);
    // Its worker is put out as well, and twenty callers keep everybody busy: who is to come back has no token either.
    const told = answers.filter(({ status }) => status !== 503);
    const heard = new Set(told.map(({ status, body }) => body['code'] ?? status));
    expect(heard).toEqual(new Set([201, 'agent_not_registered']));
    expect((await start()).status).toBe(404);
    const open = await fixture.rooms();
    for (const { body } of answers.filter(({ status }) => status === 201)) {
      expect(open).not.toContain(body['room_name']);
    }
    const left = await fixture.sql<{ request_id: string; granted: boolean }>(
      `select request_id,
         exists (select from session_facts f where f.session_id = s.session_id and f.kind = 'token_granted') as granted
       from sessions s where agent_name = $1 and state in ('starting', 'created', 'active')`,
      [agent],
    );
    // A start that could not be recorded in time was answered with 503, and nothing says what became of it; not a token.
    const unknown = answers.filter(({ body }) => body['code'] === 'audit_unavailable');
    for (const { request_id: requestId, granted: isGranted } of left) {
      expect(isGranted).toBe(false);
      expect(unknown.map((answer) => answer.requestId)).toContain(requestId);
    }
  });

  it('every act is on the trail, with no name of whoever acted', async () => {
    await lkps('agents', 'revoke', agent, '--reason', 'OPS-3');
    await lkps('agents', 'restore', agent);
    await lkps('clients', 'block', client);
    await lkps('clients', 'unblock', client);
    const rows = await fixture.sql<{ type: string; details: Readonly<Record<string, string>> }>(
      `select type, details, actor_kind, actor_client_id, actor_user_ref, source_ip from audit_events where type like 'agent.re%d' and type <> 'agent.registered'
         or type like 'client.%' order by event_id desc limit 4`,
    );
    expect(rows.map(({ type }) => type).reverse()).toEqual([
      'agent.revoked',
      'agent.restored',
      'client.blocked',
      'client.unblocked',
    ]);
    expect(rows.at(-1)?.details).toEqual({ by: 'operator', note: 'OPS-3', sessions: 'to_end' });
    for (const { details, ...row } of rows) {
      expect(details['by']).toBe('operator');
      const actor = ['actor_kind', 'actor_client_id', 'actor_user_ref', 'source_ip'];
      expect(row).toMatchObject(Object.fromEntries(actor.map((name) => [name, null])));
    }
  });

  it('agents are listed for programs too; a command it does not know is a 2', async () => {
    const listed = await lkps('agents', 'list', '--json');
    expect(listed.code).toBe(0);
    expect(JSON.parse(listed.stdout)).toMatchObject({ agent, state: 'registered' });
    expect((await lkps('agents', 'list')).stdout).toContain(`registered`);
    for (const line of ['agents', `agents evict ${agent}`, 'sessions end', 'clients block x']) {
      expect(await lkps(...line.split(' '))).toMatchObject({ code: 2, stdout: '' });
    }
    expect(await lkps('sessions', '--help')).toMatchObject({ code: 0, stderr: '' });
    expect(await runCli(['agents', 'list'], {})).toMatchObject({ code: 1, stdout: '' });
  });
});
