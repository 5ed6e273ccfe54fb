import { ParticipantInfo_Kind } from '@livekit/protocol';
import { RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventOf, runClient } from '../../dev/client-process.ts';
import { AZURE_CLI } from '../../dev/entra/directory.ts';
import { applicationToken, bearer, post, userToken, type Answer } from '../../dev/platform-client.ts';
import type { Child } from '../../dev/process/child.ts';
import { runCli } from '../support/cli-run.ts';
import { eventually } from '../support/eventually.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';
import { startPersonalAgent } from '../support/stack-personal-agent.ts';
import { takeSeat } from '../support/stack-seat.ts';

/** One platform where users may have agents and agents may be open, and beside it one with the defaults. */
describe('what a platform permits of agents', () => {
  let fixture: StackFixture;
  let rooms: RoomServiceClient;
  let strict: string;
  let personal: { readonly name: string; readonly child: Child } | undefined;
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    fixture = await openStack({
      env: {
        LKPS_USER_AGENTS: 'allow',
        LKPS_CLIENT_AUTHORIZATION: 'agent-declared',
        LKPS_LOG_LEVEL: 'trace',
      },
    });
    const { description, stack } = fixture;
    const { url, key, secret } = description.livekit_api;
    rooms = new RoomServiceClient(url, key, secret);
    for (const app of ['agent-a', 'client-a', 'client-b', 'client-unlisted'] as const) {
      tokens.set(app, await applicationToken(description, description.apps[app]));
    }
    for (const user of ['ada', 'zoe'] as const) {
      const account = stack.accounts.users[user];
      tokens.set(user, await userToken(description, account, { client_id: AZURE_CLI }));
      tokens.set(`${user} at client-b`, await userToken(description, account, description.apps['client-b']));
    }
    const defaults = { LKPS_USER_AGENTS: 'deny', LKPS_CLIENT_AUTHORIZATION: 'always' };
    await Promise.all([
      stack.startLkps(defaults).then(async ({ url: upstream }) => {
        strict = (await stack.startOcelot(upstream)).url;
      }),
      startPersonalAgent(fixture, token('ada')).then((started) => {
        personal = started;
      }),
    ]);
  });
  afterAll(async () => {
    await personal?.child.stop();
    await fixture.close();
  });

  const token = (who: string): string => tokens.get(who) ?? expect.unreachable(who);
  const edge = (): string => fixture.description.ocelot_url;
  const start = (who: string, agent: string, url = edge()): Promise<Answer> =>
    post(`${url}/api/session/start`, { agent_entra_app_id: agent }, bearer(token(who)));
  const register = (who: string, body: object, url = edge()): Promise<Answer> =>
    post(`${url}/api/agent/register`, body, bearer(token(who)));
  const onRecord = (requestId: string | undefined, type: string): Promise<readonly object[]> =>
    fixture.sql('select * from audit_events where request_id = $1 and type = $2', [requestId, type]);
  const agentsOnceThere = (room: string): Promise<readonly (string | undefined)[]> =>
    eventually(
      async () =>
        (await rooms.listParticipants(room))
          .filter(({ kind }) => kind === ParticipantInfo_Kind.AGENT)
          .map(({ attributes }) => attributes['lk.agent_name']),
      (agents) => agents.length > 0,
      45_000,
    );
  const traces = async (): Promise<{ readonly rooms: ReadonlySet<string>; readonly rows: object }> => {
    const [rows] = await fixture.sql(
      `select (select count(*)::int from sessions) as sessions,
              (select json_agg(a order by agent_name) from agents a) as agents`,
    );
    return { rooms: new Set(await fixture.rooms()), rows: rows ?? expect.unreachable() };
  };

  /** No room, no session, no registration and no token: nothing but the refusal on record. */
  async function expectRefused(
    asking: () => Promise<Answer>,
    { status, code, reason }: { readonly status: number; readonly code: string; readonly reason: string },
    type = 'session.denied',
  ): Promise<object> {
    const before = await traces();
    const answer = await asking();
    expect(answer).toMatchObject({ status, body: { code } });
    expect(JSON.stringify(answer.body)).not.toContain('eyJ');
    const after = await traces();
    expect(after.rows).toEqual(before.rows);
    const opened = [...after.rooms].filter((name) => !before.rooms.has(name)); // others may close meanwhile
    expect(opened).toEqual([]);
    const [row, ...others] = await onRecord(answer.requestId, type);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ outcome: 'denied', reason, grants: null });
    return row ?? expect.unreachable();
  }
  const NOT_REGISTERED = { status: 404, code: 'agent_not_registered', reason: 'never_registered' };

  describe('a personal agent, where users may have one', () => {
    let ada: string;
    let name: string;
    let ref: string;
    beforeAll(() => {
      ada = fixture.stack.accounts.users.ada.objectId;
      name = personal?.name ?? expect.unreachable();
    });

    it('is called by its application and its user, and has the grants of any agent', async () => {
      expect(name).toBe(`${AZURE_CLI}.${ada}`);
      const [row, ...others] = await fixture.sql<{ agent_name: string; actor_user_ref: string }>(
        `select * from audit_events where type = 'agent.registered' and actor_kind = 'user'`,
      );
      expect(others).toEqual([]);
      ref = row?.agent_name ?? expect.unreachable();
      expect(ref).toBe(`${AZURE_CLI}.${row?.actor_user_ref ?? expect.unreachable()}`);
      expect(row).toMatchObject({
        outcome: 'allowed',
        actor_kind: 'user',
        actor_client_id: AZURE_CLI,
        details: { client_authorization: 'required' },
        grants: { agent: true, canPublish: true, canSubscribe: true, canPublishData: true },
      });
    });

    it('answers its user, who asks by the id of the application', async () => {
      const seat = await takeSeat(fixture, token('ada'), { agent_entra_app_id: AZURE_CLI });
      const present = await agentsOnceThere(seat.room); // for as long as its room, which its user closes
      const talk = await runClient(seat, ['talk', '--nonce', 'personal', '--timeout', '60']);
      expect(talk.exit.code, JSON.stringify(talk.events)).toBe(0);
      expect(eventOf(talk, 'joined')).toMatchObject({ room: seat.room, identity: `user-${ada}` });
      expect(eventOf(talk, 'data_echoed')['nonce']).toBe('personal');
      expect(present).toEqual([name]);
      expect(await onRecord(seat.requestId, 'session.granted')).toMatchObject([
        {
          actor_kind: 'user',
          actor_client_id: AZURE_CLI,
          agent_name: ref,
          authorization_evidence: { mode: 'agent-declared', rule: 'personal' },
        },
      ]);
    });

    it.each(['zoe', 'zoe at client-b', 'client-a', 'agent-a'])('is not there for %s', async (who) => {
      await expectRefused(() => start(who, AZURE_CLI), NOT_REGISTERED);
    });

    it('cannot be asked for by its name, not even by its user', async () => {
      for (const who of ['ada', 'zoe']) {
        expect(await start(who, name)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
      }
    });

    it('cannot be opened to others', async () => {
      await expectRefused(
        () => register('ada', { client_authorization: 'open' }),
        { status: 400, code: 'forbidden_field', reason: 'forbidden_field' },
        'agent.registration_denied',
      );
      await expectRefused(() => start('zoe', AZURE_CLI), NOT_REGISTERED);
    });

    it('is refused, and not there, where users may have none: 403', async () => {
      const reason = 'service_principal_required';
      await expectRefused(
        () => register('ada', {}, strict),
        { status: 403, code: reason, reason },
        'agent.registration_denied',
      );
      await expectRefused(() => start('ada', AZURE_CLI, strict), NOT_REGISTERED);
    });
  });

  describe('the record of a personal agent', () => {
    it('knows its user by a reference, in rows, in log lines and in what an operator is shown of a session', async () => {
      const ada = fixture.stack.accounts.users.ada.objectId;
      const rows = await fixture.sql<{ row: string }>('select to_jsonb(a)::text as row from audit_events a');
      const lkps = (...args: readonly string[]): Promise<string> =>
        runCli(args, fixture.stack.lkpsEnv).then(({ stdout }) => stdout);
      const [agent, session] = [
        await lkps('agents', 'list', '--json'),
        await lkps('sessions', 'list', '--json'),
      ];
      const [, ref = ''] = /"agent_ref":"([0-9a-f-]{36}\.[0-9a-f]{64})"/.exec(agent) ?? [];
      const everything = [...rows.map(({ row }) => row), ...fixture.log, session].join('\n');
      expect(rows.filter(({ row }) => row.includes(ref)).length).toBeGreaterThan(3);
      expect(session).toContain(`"agent":"${ref}"`);
      expect(fixture.log.length).toBeGreaterThan(5);
      expect(everything).not.toContain(ada);
    });
  });

  describe('an agent that declares itself open, where agents may', () => {
    const agentA = (): string => fixture.description.apps['agent-a'].client_id;
    const NOT_PRE_AUTHORISED = { status: 403, code: 'client_not_authorized', reason: 'not_pre_authorized' };
    const expectEnforced = async (url: string, mode: string): Promise<void> => {
      const row = await expectRefused(() => start('client-b', agentA(), url), NOT_PRE_AUTHORISED);
      expect(row).toMatchObject({ authorization_evidence: { mode, rule: 'not_pre_authorized' } });
    };

    const expectOpen = async (who: string): Promise<void> => {
      const seat = await takeSeat(fixture, token(who), { agent_entra_app_id: agentA() });
      expect(await agentsOnceThere(seat.room)).toEqual([agentA()]);
      expect(await onRecord(seat.requestId, 'session.granted')).toMatchObject([
        { outcome: 'allowed', authorization_evidence: { mode: 'agent-declared', rule: 'open' } },
      ]);
    };

    it('is enforced before, open from then on, and enforced again once it registers without', async () => {
      await expectEnforced(edge(), 'agent-declared');

      expect((await register('agent-a', { client_authorization: 'open' })).status).toBe(200);
      await Promise.all(['client-b', 'zoe at client-b', 'ada'].map(expectOpen));
      expect((await start('client-unlisted', agentA())).status, 'the edge still has its list').toBe(403);
      await expectEnforced(strict, 'always');

      expect((await register('agent-a', {})).status).toBe(200);
      await expectEnforced(edge(), 'agent-declared');
    });

    it('is refused where the platform decides: 400, and what it was before', async () => {
      await expectRefused(
        () => register('agent-a', { client_authorization: 'open' }, strict),
        { status: 400, code: 'forbidden_field', reason: 'forbidden_field' },
        'agent.registration_denied',
      );
      await expectEnforced(edge(), 'agent-declared');
    });
  });
});
