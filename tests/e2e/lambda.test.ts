import { setTimeout as delay } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventOf } from '../../dev/client-process.ts';
import { startFunction } from '../../dev/lambda/function.ts';
import { eventually } from '../support/eventually.ts';
import { LAMBDA_TASK_ROOT } from '../support/bundles.ts';
import { openLambdaStack, type LambdaStack } from '../support/lambda-stack.ts';
import { encodeAsLiveKit } from '../support/livekit-events.ts';
import { signatureClaims, signClaims } from '../support/livekit-signature.ts';
import { haveConversation, type Conversation } from '../support/stack-conversation.ts';

describe.each(['rest', 'http-api'] as const)('the service on Lambda behind a gateway of kind %s', (kind) => {
  const nonce = `nonce-${crypto.randomUUID()}`;
  let fixture: LambdaStack;
  let conversation: Conversation;
  let session: Conversation['session'];
  let talk: Conversation['talk'];
  let ended: Conversation['ended'];
  let rowsOf: Conversation['rowsOf'];

  beforeAll(async () => {
    fixture = await openLambdaStack(kind);
    conversation = await haveConversation(fixture, { nonce, toneHz: 617 });
    ({ session, talk, ended, rowsOf } = conversation);
  });
  afterAll(() => fixture.close());

  function fail(): never {
    throw new Error('the session is not on record');
  }
  async function starts(): Promise<number> {
    return (
      await fixture.sql(
        `select 1 from audit_events where type = 'service.started' and not details ? 'part'`, // the gateway's too
      )
    ).length;
  }

  it('carries a session from its start to its end on record, webhooks included', async () => {
    expect(talk.exit.code, JSON.stringify(talk.events)).toBe(0);
    expect(eventOf(talk, 'data_echoed')['nonce']).toBe(nonce);
    expect(eventOf(talk, 'joined')).toMatchObject({ room: session.room, identity: session.identity });
    expect(ended).toMatchObject({ state: 'ended', end_reason: 'completed', agent_presence: 'left' });
    const facts = await rowsOf<{ kind: string }>('session_facts');
    for (const told of ['room_started', 'participant_joined', 'participant_left', 'room_finished']) {
      expect(facts.map((fact) => fact.kind)).toContain(told);
    }
    expect(await conversation.transitions()).toEqual(['starting>created', 'created>active', 'active>ended']);
  });

  it('has the grant on record, with the address that opened the connection to the gateway', async () => {
    const [granted] = await fixture.sql(
      `select * from audit_events where session_id = $1 and type = 'session.granted'`,
      [session.sessionId],
    );
    expect(granted).toMatchObject({
      token_id: decodeJwt(session.token).jti,
      request_id: session.requestId,
      source_ip: '127.0.0.1',
    });
  });

  it('was started as often as there were environments, and each served many requests', async () => {
    await eventually(starts, (count) => count === fixture.gateway.coldStarts); // one may be under way
    const { coldStarts, invocations, environments } = fixture.gateway;
    expect(coldStarts).toBeLessThanOrEqual(2);
    expect(environments).toHaveLength(coldStarts);
    expect(invocations).toBeGreaterThan(coldStarts * 2);
    expect(await starts()).toBe(coldStarts);
  });

  it('keeps its process and its database connections for the next request', async () => {
    const before = await starts();
    const { gateway, register } = await fixture.alone();
    expect(gateway.coldStarts).toBe(0);
    expect((await register()).status).toBe(200);
    const pids = gateway.environments.map(({ pid }) => pid);
    for (let again = 0; again < 3; again += 1) expect((await register()).status).toBe(200);
    expect(gateway).toMatchObject({ coldStarts: 1, invocations: 4 });
    expect(gateway.environments.map(({ pid }) => pid)).toEqual(pids);
    expect(await starts()).toBe(before + 1);
  });

  it('answers the request after a freeze in which its database connections were cut', async () => {
    const { gateway, register } = await fixture.alone();
    expect((await register()).status).toBe(200);
    for (let round = 0; round < 10; round += 1) {
      await Promise.all([...gateway.environments, ...fixture.gateway.environments].map((e) => e.freeze()));
      expect(await fixture.cutConnections()).toBeGreaterThan(0);
      expect((await register()).status).toBe(200);
    }
    expect(gateway.coldStarts).toBe(1);
    expect((await fetch(`${fixture.gateway.url}/api/health`)).status).toBe(200);
  });

  it('answers the request after a freeze in which its idle connections died without a word', async () => {
    const { gateway, register } = await fixture.alone();
    expect((await register()).status).toBe(200);
    await Promise.all([...gateway.environments, ...fixture.gateway.environments].map((e) => e.freeze()));
    const dead = await fixture.silenceConnections();
    try {
      expect(dead.count).toBeGreaterThan(0);
      await delay(11_000); // longer than the pool keeps an idle connection: it must not be tried first
      expect((await register()).status).toBe(200);
    } finally {
      dead.undo();
    }
    expect(gateway.coldStarts).toBe(1);
  });

  it("answers LiveKit's webhooks as any host does: again 200, tampered with or unsigned 401", async () => {
    const { webhookKey } = fixture.stack;
    const body = encodeAsLiveKit({
      eventId: `EV_late_${session.sessionId}`,
      event: 'room_finished',
      room: { name: session.room, sid: ended.room_sid ?? fail(), creationTimeMs: 1_790_000_000_000 },
    });
    const key = { id: webhookKey.id, secret: new TextEncoder().encode(webhookKey.secret) };
    const authorization = await signClaims(key, signatureClaims(body, new Date()));
    const tampered = new TextEncoder().encode(new TextDecoder().decode(body).replace('RM_', 'RM__'));
    const deliver = async (bytes: Uint8Array, headers: Record<string, string>): Promise<number> => {
      const response = await fetch(`${fixture.gateway.url}/livekit/webhook`, {
        method: 'POST',
        headers: { 'content-type': 'application/webhook+json', ...headers },
        body: Buffer.from(bytes),
      });
      return response.status;
    };
    expect(await deliver(body, { authorization })).toBe(200);
    const facts = await rowsOf('session_facts');
    expect(await deliver(body, { authorization })).toBe(200);
    expect(await deliver(tampered, { authorization })).toBe(401);
    expect(await deliver(body, {})).toBe(401);
    expect(await rowsOf('session_facts')).toEqual(facts);
  });

  it('does not start with a wrong configuration, and names every variable and no value', async () => {
    const env = {
      LKPS_LIVEKIT_KEYS: 'only-an-id-and-no-secret',
      LKPS_TOKEN_TTL_SECONDS: '7200',
      LKPS_SUBJECT_KEY: 'canary-too-short',
    };
    const log: string[] = [];
    const starting = startFunction({ taskRoot: LAMBDA_TASK_ROOT, env, log: (line) => log.push(line) });
    const error: unknown = await starting.then(fail, (reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'init' });
    const said = [String(error), ...log].join('\n');
    const missing = ['LKPS_REGION', 'LKPS_DATABASE_URL', 'LKPS_LIVEKIT_URL', 'LKPS_AGENT_GATEWAY'];
    for (const name of [...Object.keys(env), ...missing]) {
      expect(String(error)).toContain(name);
    }
    expect(said).not.toMatch(/canary|only-an-id|7200/);
  });

  it('does not start as a role that could change the audit trail; the caller hears nothing of it', async () => {
    const { gateway, register, log } = await fixture.alone({
      LKPS_DATABASE_URL: fixture.stack.postgres.adminUrl,
    });
    const refused = await register();
    expect(refused.status).toBe(kind === 'rest' ? 502 : 500);
    expect(JSON.stringify(refused.body)).not.toMatch(/LKPS|audit/);
    expect(log.join('\n')).toContain('can change the audit trail');
    expect(log.join('\n')).not.toContain(fixture.stack.postgres.adminUrl);
    expect(gateway.environments).toEqual([]);
  });

  /** The last one: with the server goes the connection this file looks at the database through. */
  it('answers 503 when started without a database, and serves once it is there, in the same process', async () => {
    await fixture.stack.postgres.halt();
    const { gateway, register } = await fixture.alone();
    const refused = await register();
    expect(refused).toMatchObject({ status: 503, body: { code: 'audit_unavailable' } });
    const raw = await fetch(`${gateway.url}/api/agent/register`, { method: 'POST' });
    expect([raw.status, raw.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    await fixture.stack.postgres.start();
    expect((await eventually(register, ({ status }) => status === 200, 30_000)).status).toBe(200);
    expect(gateway.coldStarts).toBe(1);
  });

  it('has logged no token, no secret and nothing of the person', () => {
    const { stack, log } = fixture;
    const logged = log.join('\n');
    for (const what of [session.requestId, 'audit_unavailable', 'Init Error']) expect(logged).toContain(what);
    const { ada } = stack.accounts.users;
    const planted = {
      participantToken: session.token,
      entraToken: conversation.entraToken,
      anyJwt: 'eyJ',
      livekitSecret: stack.livekitKey.secret,
      webhookSecret: stack.webhookKey.secret,
      agentTokenSecret: stack.agentTokenKey.secret,
      proxySecret: stack.proof.value,
      subjectKey: stack.lkpsEnv['LKPS_SUBJECT_KEY'] ?? fail(),
      database: 'postgres://',
      email: ada.email ?? fail(),
      displayName: ada.displayName ?? fail(),
      objectId: ada.objectId,
    };
    for (const [what, value] of Object.entries(planted)) expect(logged.includes(value), what).toBe(false);
  });
});
