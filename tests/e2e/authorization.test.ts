import { RoomServiceClient } from 'livekit-server-sdk';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventOf, runClient } from '../../dev/client-process.ts';
import { applicationToken, bearer, post, startSession, userToken } from '../../dev/platform-client.ts';
import { editRoomClaim } from '../../dev/demo/stolen-token.ts';
import { eventually } from '../support/eventually.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';

interface Denial {
  readonly type: string;
  readonly reason: string;
  readonly actor_client_id: string | null;
}

describe('who may not', () => {
  let fixture: StackFixture;
  let startUrl: string;
  let registerUrl: string;

  beforeAll(async () => {
    fixture = await openStack();
    startUrl = `${fixture.description.ocelot_url}/api/session/start`;
    registerUrl = `${fixture.description.ocelot_url}/api/agent/register`;
  });
  afterAll(() => fixture.close());

  const app = (name: keyof StackFixture['description']['apps']) => fixture.description.apps[name];
  const denialOf = async (requestId: string | undefined): Promise<Denial | undefined> =>
    (
      await fixture.sql<Denial>(
        `select type, reason, actor_client_id from audit_events where request_id = $1 and outcome = 'denied'`,
        [requestId],
      )
    )[0];

  describe('causes no room and no session', () => {
    let before: { readonly rooms: readonly string[]; readonly sessions: number };
    const sessions = async (): Promise<number> =>
      (await fixture.sql<{ n: number }>('select count(*)::int as n from sessions'))[0]?.n ?? -1;
    beforeEach(async () => {
      before = { rooms: await fixture.rooms(), sessions: await sessions() };
    });
    afterEach(async () => {
      expect({ rooms: await fixture.rooms(), sessions: await sessions() }).toEqual(before);
    });

    it('a client the agent has not pre-authorised: 403, the reason on record', async () => {
      const token = await applicationToken(fixture.description, app('client-b'));
      const answer = await post(startUrl, { agent_entra_app_id: app('agent-a').client_id }, bearer(token));
      expect(answer).toMatchObject({ status: 403, body: { code: 'client_not_authorized' } });
      expect(await denialOf(answer.requestId)).toEqual({
        type: 'session.denied',
        reason: 'not_pre_authorized',
        actor_client_id: app('client-b').client_id,
      });
    });

    it('a client of an agent that never registered: 404 that names the region', async () => {
      const token = await applicationToken(fixture.description, app('client-b'));
      const answer = await post(startUrl, { agent_entra_app_id: app('agent-b').client_id }, bearer(token));
      expect(answer).toMatchObject({ status: 404, body: { code: 'agent_not_registered' } });
      expect(answer.body['title']).toContain('(eu)');
      expect(await denialOf(answer.requestId)).toMatchObject({ reason: 'never_registered' });
    });

    it("a client that is not on Ocelot's list: refused at the edge, LKPS never asked", async () => {
      const body = { agent_entra_app_id: app('agent-a').client_id };
      const linesOf = (name: string) => fixture.log.filter((line) => line.includes(`"request_id":"${name}"`));
      for (const name of ['client-unlisted', 'client-b'] as const) {
        const token = await applicationToken(fixture.description, app(name));
        const answer = await post(startUrl, body, { ...bearer(token), 'x-request-id': `asked-by-${name}` });
        expect(answer.status).toBe(403);
      }
      await eventually(
        () => Promise.resolve(linesOf('asked-by-client-b')),
        (lines) => lines.length > 0,
      );
      expect(linesOf('asked-by-client-unlisted')).toEqual([]);
    });

    it("an edge without a token, or with one of another's making: 401", async () => {
      const body = { agent_entra_app_id: app('agent-a').client_id };
      expect((await post(startUrl, body)).status).toBe(401);
      const token = await applicationToken(fixture.description, app('client-a'));
      const [head, claims] = token.split('.');
      expect((await post(startUrl, body, bearer(`${head ?? ''}.${claims ?? ''}.AAAA`))).status).toBe(401);
    });

    it('someone who goes around Ocelot with perfect identity headers: 401, the reason on record', async () => {
      const { client_id: client, service_principal_id: principal } = app('client-a');
      const url = `${fixture.description.lkps_url}/api/session/start`;
      const body = { agent_entra_app_id: app('agent-a').client_id };
      const identity = { 'client-id': client, 'user-id': principal };
      const bare = await post(url, body, identity);
      expect(bare).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      expect(await denialOf(bare.requestId)).toMatchObject({
        reason: 'proxy_proof_missing',
        actor_client_id: null,
      });
      const guessed = await post(url, body, { ...identity, 'x-lkps-proxy-proof': 'a'.repeat(43) });
      expect(guessed.status).toBe(401);
      expect(await denialOf(guessed.requestId)).toMatchObject({ reason: 'proxy_proof_wrong' });
      expect({ ...guessed.body, request_id: '' }).toEqual({ ...bare.body, request_id: '' });
    });

    it.each(['client-id', 'Client_Id', 'client.id', 'X-Bayer-User', 'USER_PROFILE', 'x-lkps-proxy-proof'])(
      'a client that sends %s itself through Ocelot stays who it is',
      async (name) => {
        const token = await applicationToken(fixture.description, app('client-b'));
        const headers = { ...bearer(token), [name]: app('client-a').client_id };
        const answer = await post(startUrl, { agent_entra_app_id: app('agent-a').client_id }, headers);
        expect(answer).toMatchObject({ status: 403, body: { code: 'client_not_authorized' } });
      },
    );
  });

  it('a user is no agent, with or without an e-mail address: 403 and no token', async () => {
    for (const name of ['ada', 'zoe'] as const) {
      const token = await userToken(fixture.description, fixture.stack.accounts.users[name], app('agent-a'));
      const answer = await post(registerUrl, {}, bearer(token));
      expect(answer).toMatchObject({ status: 403, body: { code: 'service_principal_required' } });
      expect(answer.body).not.toHaveProperty('token');
      expect(await denialOf(answer.requestId)).toMatchObject({ type: 'agent.registration_denied' });
    }
  });

  it('an agent whose registration has expired cannot be reached until it registers again', async () => {
    const shortLived = await fixture.stack.startLkps({ LKPS_TOKEN_TTL_SECONDS: '4' });
    const edge = await fixture.stack.startOcelot(shortLived.url);
    const agentToken = await applicationToken(fixture.description, app('agent-b'));
    const clientToken = await applicationToken(fixture.description, app('client-b'));
    const start = () =>
      post(
        `${edge.url}/api/session/start`,
        { agent_entra_app_id: app('agent-b').client_id },
        bearer(clientToken),
      );
    const register = () => post(`${edge.url}/api/agent/register`, {}, bearer(agentToken));

    /** A worker that is put out because its registration expires comes back with a new one. */
    const started = () => eventually(start, ({ status }) => status === 201);

    const worker = await fixture.online('agent-b', { register });
    await started();
    await worker.close(); // or it would register again
    await delay(4100);
    const late = await start();
    expect(late).toMatchObject({ status: 404, body: { code: 'agent_not_registered' } });
    expect(await denialOf(late.requestId)).toMatchObject({ reason: 'registration_expired' });
    await fixture.online('agent-b', { register });
    await started();
  });

  describe('a stolen participant token', () => {
    it('joins its own room whatever room is asked for, cannot be edited, and is nothing at RoomService', async () => {
      const { description } = fixture;
      const token = await applicationToken(description, app('client-a'));
      const other = await startSession(description, token, app('agent-a').client_id);
      const stolen = await startSession(description, token, app('agent-a').client_id);

      const ways = ['websocket', 'library'];
      for (const via of ways) {
        const edited = { ...stolen, token: editRoomClaim(stolen.token, other.room) };
        const refused = await runClient(edited, ['probe-join', '--via', via]);
        expect(eventOf(refused, 'refused')['status'], via).toBe(401);
      }
      // Together, since a room closes soon after the last one has left.
      for (const via of ways) {
        const probe = await runClient(stolen, ['probe-join', '--via', via, '--query', `room=${other.room}`]);
        expect(eventOf(probe, 'joined')['room'], via).toBe(stolen.room);
      }
      for (const method of ['ListRooms', 'ListParticipants', 'CreateRoom', 'DeleteRoom', 'SendData']) {
        const url = `${description.livekit_api.url}/twirp/livekit.RoomService/${method}`;
        const answer = await post(url, { room: stolen.room, name: stolen.room }, bearer(stolen.token));
        expect(answer.status, method).toBe(401);
      }
    });

    it('brings no room back once the room is gone', async () => {
      const { description } = fixture;
      const token = await applicationToken(description, app('client-a'));
      const stolen = await startSession(description, token, app('agent-a').client_id);
      const { url, key, secret } = description.livekit_api;
      await new RoomServiceClient(url, key, secret).deleteRoom(stolen.room);
      const probe = await runClient(stolen, ['probe-join']);
      expect(eventOf(probe, 'refused')['status']).toBe(404);
    });
  });
});
