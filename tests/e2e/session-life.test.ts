import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventOf } from '../../dev/client-process.ts';
import { haveConversation, type Conversation } from '../support/stack-conversation.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';

/** One user, one agent, one conversation: everything else in this file looks at what it left behind. */
describe('the whole life of a session', () => {
  const nonce = `nonce-${crypto.randomUUID()}`;
  const toneHz = 617;
  let fixture: StackFixture;
  let conversation: Conversation;
  let session: Conversation['session'];
  let talk: Conversation['talk'];
  let ended: Conversation['ended'];
  let rowsOf: Conversation['rowsOf'];

  beforeAll(async () => {
    fixture = await openStack();
    conversation = await haveConversation(fixture, { nonce, toneHz });
    ({ session, talk, ended, rowsOf } = conversation);
  });
  afterAll(() => fixture.close());

  function fail(): never {
    throw new Error('the session is not on record');
  }

  it('carries what the client sent through LiveKit to the agent and back', () => {
    expect(talk.exit.code, JSON.stringify(talk.events)).toBe(0);
    expect(eventOf(talk, 'data_echoed')['nonce']).toBe(nonce);
    expect(eventOf(talk, 'audio_echoed')['sent_hz']).toBe(toneHz);
    expect(Math.abs(Number(eventOf(talk, 'audio_echoed')['heard_hz']) - toneHz)).toBeLessThan(toneHz * 0.02);
  });

  it('seats the caller in the one room under the one identity that the answer named', () => {
    expect(eventOf(talk, 'joined')).toMatchObject({ room: session.room, identity: session.identity });
  });

  it('answers with a token of exactly the participant grants for an hour, and who is who for the agent', () => {
    const claims = decodeJwt(session.token);
    expect(claims['video']).toStrictEqual({
      roomJoin: true,
      room: session.room,
      canPublish: true,
      canSubscribe: true,
      canPublishData: true,
      canUpdateOwnMetadata: false,
    });
    expect((claims.exp ?? 0) - (claims.nbf ?? 0)).toBe(3600);
    expect(claims['attributes']).toStrictEqual({
      'lkps.session_id': session.sessionId,
      'lkps.client_id': fixture.description.apps['client-a'].client_id,
      'lkps.user_id': session.identity.slice('user-'.length),
      'lkps.request_id': session.requestId,
    });
  });

  it("ends on record as completed, with its agent gone, as LiveKit's webhooks told", async () => {
    expect(ended).toMatchObject({ state: 'ended', end_reason: 'completed', agent_presence: 'left' });
    expect(ended.room_sid).toMatch(/^RM_/);
    const facts = await rowsOf<{ kind: string }>('session_facts');
    expect(new Set(facts.map((fact) => fact.kind))).toEqual(
      new Set([
        'room_created',
        'token_granted',
        'room_started',
        'participant_joined',
        'participant_left',
        'room_finished',
      ]),
    );
    expect(await conversation.transitions()).toEqual(['starting>created', 'created>active', 'active>ended']);
  });

  it('has its grant on record: caller, application, grants, jti, expiry, key, request', async () => {
    const claims = decodeJwt(session.token);
    const [granted] = await fixture.sql(
      `select * from audit_events where session_id = $1 and type = 'session.granted'`,
      [session.sessionId],
    );
    expect(granted).toMatchObject({
      outcome: 'allowed',
      actor_kind: 'user',
      actor_client_id: fixture.description.apps['client-a'].client_id,
      agent_name: fixture.description.apps['agent-a'].client_id,
      room_name: session.room,
      grants: claims['video'],
      token_id: claims.jti,
      signing_key_id: fixture.description.livekit_api.key,
      request_id: session.requestId,
      region: 'eu',
      source_ip: '127.0.0.1',
    });
    expect(granted).toHaveProperty('token_expires_at', new Date((claims.exp ?? 0) * 1000));
    expect(granted).toHaveProperty('authorization_evidence.rule', 'pre_authorized');
    expect(granted).toHaveProperty('actor_user_ref', expect.stringMatching(/^[0-9a-f]{64}$/));
  });

  it("has the agent's registration on record, with the agent grants and no room", async () => {
    const [registered] = await fixture.sql(`select * from audit_events where type = 'agent.registered'`);
    expect(registered).toMatchObject({
      outcome: 'allowed',
      actor_kind: 'application',
      actor_client_id: fixture.description.apps['agent-a'].client_id,
      grants: { agent: true, canPublish: true, canSubscribe: true, canPublishData: true },
    });
  });

  it('keeps token, secret, e-mail address, name and object id of the user out of audit rows and logs', async () => {
    const rows = await fixture.sql<{ row: string }>('select to_jsonb(a)::text as row from audit_events a');
    const everything = [...rows.map(({ row }) => row), ...fixture.log].join('\n');
    expect(rows.length).toBeGreaterThan(5);
    expect(fixture.log.length).toBeGreaterThan(5);
    const { stack } = fixture;
    const planted = {
      participantToken: session.token,
      entraToken: conversation.entraToken,
      anyJwt: 'eyJ',
      livekitSecret: stack.livekitKey.secret,
      webhookSecret: stack.webhookKey.secret,
      agentTokenSecret: stack.agentTokenKey.secret,
      proxySecret: stack.proof.value,
      clientSecret: stack.accounts.apps['client-a'].clientSecret,
      email: stack.accounts.users.ada.email ?? fail(),
      displayName: stack.accounts.users.ada.displayName ?? fail(),
      objectId: stack.accounts.users.ada.objectId,
    };
    for (const [what, value] of Object.entries(planted)) {
      expect(everything.includes(value), what).toBe(false);
    }
  });

  it('keeps the personal data of the user apart, under the reference the audit rows carry', async () => {
    const [subject] = await fixture.sql(
      `select s.* from audit_subjects s join audit_events a on a.actor_user_ref = s.subject_ref
       where a.session_id = $1 limit 1`,
      [session.sessionId],
    );
    expect(subject).toMatchObject({ email: fixture.stack.accounts.users.ada.email });
  });

  it('leads from one request id through answer, log, audit and token', async () => {
    const rows = await rowsOf<{ request_id: string }>('audit_events');
    expect(rows.every((row) => row.request_id === session.requestId)).toBe(true);
    expect(fixture.log.some((line) => line.includes(session.requestId))).toBe(true);
    const started = fixture.stack.agent?.child.tail(200).find((line) => line.includes('"job_started"'));
    expect(started).toContain(session.requestId);
  });
});
