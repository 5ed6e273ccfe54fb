import { setTimeout as delay } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientAccessList, randomSecret } from '../../dev/accounts.ts';
import { eventOf, runClient, type ClientRun } from '../../dev/client-process.ts';
import { findLiveKit } from '../../dev/livekit/binary.ts';
import { startLiveKit, type LiveKit } from '../../dev/livekit/server.ts';
import { startLkpsGateway, type Lkps } from '../../dev/lkps.ts';
import { startOcelot, type Ocelot } from '../../dev/ocelot/server.ts';
import { applicationToken, bearer, post, userToken, type Answer } from '../../dev/platform-client.ts';
import { freePort } from '../../dev/process/free-port.ts';
import { eventually } from '../support/eventually.ts';
import { connectRaw } from '../support/gateway-worker.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';
import { openSwitchedPort, type SwitchedPort } from '../support/switched-port.ts';

const PAUSE_MS = 100;
/** From when nothing new is sent to a replica until it is stopped: what is on its way arrives. */
const ON_ITS_WAY_MS = 1_000;
/** How many sessions are started between two steps at least. */
const MEANWHILE = 10;
const newKey = (id: string): { readonly id: string; readonly text: string; readonly secret: string } => {
  const secret = randomSecret();
  return { id, secret, text: `${id}:${secret}` };
};

/**
 * docs/operating.md, "Rotating secrets", step by step, while sessions start without a pause. Services take turns behind
 * one address, as replicas do in a rolling update.
 */
describe('a rotation of every key and secret', { timeout: 240_000 }, () => {
  const [signOld, signNew] = [newKey('sign-old'), newKey('sign-new')];
  const [hookOld, hookNew] = [newKey('hook-old'), newKey('hook-new')];
  const [proofOld, proofNew] = [randomSecret(), randomSecret()];
  let fixture: StackFixture;
  let entrance: SwitchedPort;
  let livekit: LiveKit;
  let livekitPort: number;
  let service: Lkps | undefined;
  let ocelot: Ocelot;
  let user: string;
  let agentId: string;
  const answers: Answer[] = [];
  const opened: { stop: () => Promise<void> }[] = [];

  beforeAll(async () => {
    fixture = await openStack({ agent: false });
    await fixture.online('agent-a'); // at the stack's own LiveKit, whose keys stay
    entrance = await openSwitchedPort();
    livekitPort = await freePort();
    const { users, apps } = fixture.description;
    agentId = apps['agent-a'].client_id;
    user = await userToken(fixture.description, users['ada'] ?? expect.unreachable(), apps['client-a']);
  });
  afterAll(async () => {
    await Promise.all(opened.map((one) => one.stop()));
    await entrance.close();
    await fixture.close();
  });

  const track = async <T extends { stop: () => Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const one = await starting;
    opened.push(one);
    return one;
  };
  const runLiveKit = async (
    keys: readonly { id: string; secret: string }[],
    webhookKey: string,
  ): Promise<LiveKit> =>
    track(
      startLiveKit({
        binary: (await findLiveKit()).path,
        keys: Object.fromEntries(keys.map(({ id, secret }) => [id, secret])),
        webhook: { url: `${entrance.url}/livekit/webhook`, keyId: webhookKey },
        port: livekitPort,
      }),
    );
  /** Another replica takes over: new connections go to it, what the old one has in flight it finishes. */
  const rollTo = async (env: Readonly<Record<string, string>>): Promise<void> => {
    const next = await fixture.stack.startLkps({
      LKPS_LIVEKIT_URL: livekit.url,
      LKPS_LIVEKIT_PUBLIC_URL: livekit.wsUrl,
      LKPS_RATE_LIMIT_CALLER: 'off',
      ...env,
    });
    entrance.pointTo(next.port);
    const previous = service;
    service = next;
    await delay(ON_ITS_WAY_MS);
    await previous?.stop();
  };
  const ocelotWith = async (value: string): Promise<void> => {
    const { entra, accounts, proof } = fixture.stack;
    const access = { entra, clientAccessList: clientAccessList(accounts) };
    ocelot = await track(startOcelot({ ...access, upstream: entrance.url, proof: { ...proof, value } }));
  };
  const start = (): Promise<Answer> =>
    post(`${ocelot.url}/api/session/start`, { agent_entra_app_id: agentId }, bearer(user));
  /** Starts sessions one after the other until it is told to stop; every answer counts. */
  const keepStarting = (): { readonly stop: () => Promise<void> } => {
    let running = true;
    const worker = async (): Promise<void> => {
      while (running) {
        answers.push(await start());
        await delay(PAUSE_MS);
      }
    };
    const workers = Promise.all([worker(), worker(), worker()]);
    return {
      stop: async () => {
        running = false;
        await workers;
      },
    };
  };
  const join = ({ body }: Answer): Promise<ClientRun> =>
    runClient({ livekitUrl: livekit.wsUrl, token: String(body['participant_token']) }, ['probe-join']);
  const expectJoins = async (answer: Answer): Promise<void> => {
    const run = await join(answer);
    expect(run.exit.code, JSON.stringify(run.events)).toBe(0);
    expect(eventOf(run, 'joined')['room']).toBe(answer.body['room_name']);
  };
  const expectHeardOf = (answer: Answer): Promise<unknown> =>
    eventually(
      () =>
        fixture.sql<{ kind: string }>('select kind from session_facts where session_id = $1', [
          answer.body['session_id'],
        ]),
      // Which of the two depends on how far its media got before it left.
      (facts) => facts.some(({ kind }) => /^participant_(?:left|connection_aborted)$/.test(kind)),
      60_000,
    );
  /** Answers to come: what a step changes is met by some. */
  const moreStarted = (): Promise<unknown> => {
    const enough = answers.length + MEANWHILE;
    return eventually(
      () => Promise.resolve(answers.length),
      (count) => count >= enough,
      60_000,
    );
  };
  /** The newest is the first: its room still waits for somebody. */
  const signedWith = ({ id }: { readonly id: string }): readonly Answer[] =>
    answers
      .filter(({ status, body }) => status === 201 && decodeJwt(String(body['participant_token'])).iss === id)
      .reverse();
  const signedBy = async (): Promise<readonly string[]> =>
    (
      await fixture.sql<{ key: string }>(
        `select signing_key_id as key from audit_events where type = 'session.granted'
         group by 1 order by min(event_id::text)`,
      )
    ).map(({ key }) => key);

  it('fails no request, keeps every token it gave good, and ends with the new ones alone', async () => {
    livekit = await runLiveKit([signOld, signNew, hookOld, hookNew], hookOld.id);
    await rollTo({
      LKPS_LIVEKIT_KEYS: signOld.text,
      LKPS_WEBHOOK_KEYS: hookOld.text,
      LKPS_PROXY_SECRETS: proofOld,
    });
    await ocelotWith(proofOld);
    const load = keepStarting();
    await moreStarted();

    await rollTo({
      LKPS_LIVEKIT_KEYS: `${signNew.text},${signOld.text}`,
      LKPS_WEBHOOK_KEYS: `${hookNew.text},${hookOld.text}`,
      LKPS_PROXY_SECRETS: `${proofNew},${proofOld}`,
    });
    const [late, early] = signedWith(signOld);
    await moreStarted();
    await expectJoins(early ?? expect.unreachable());
    await ocelotWith(proofNew);
    await moreStarted();
    await rollTo({
      LKPS_LIVEKIT_KEYS: signNew.text,
      LKPS_WEBHOOK_KEYS: `${hookNew.text},${hookOld.text}`,
      LKPS_PROXY_SECRETS: proofNew,
    });
    await moreStarted();
    await expectJoins(late ?? expect.unreachable());
    const [fresh = expect.unreachable()] = signedWith(signNew);
    await expectJoins(fresh);
    await load.stop();

    expect(answers.length).toBeGreaterThan(30);
    // No step of a rotation concerns the database: one that is late is the machine's fault.
    const failed = answers.filter(
      ({ status, body }) => status !== 201 && body['code'] !== 'audit_unavailable',
    );
    expect(failed).toEqual([]);
    expect(await signedBy()).toEqual([signOld.id, signNew.id]);
    await expectHeardOf(fresh);
  });

  it('leaves the old proof worth nothing', async () => {
    await ocelotWith(proofOld);
    const { status, requestId } = await start();
    expect(status).toBe(401);
    const [row] = await fixture.sql(`select reason from audit_events where request_id = $1`, [requestId]);
    expect(row).toEqual({ reason: 'proxy_proof_wrong' });
    await ocelotWith(proofNew);
  });

  it('of agent tokens takes both keys while they change, and the old one no more once it is gone', async () => {
    const { lkpsEnv, ocelot: edgeBefore, startLkps, startOcelot: edgeTo } = fixture.stack;
    const [keyBefore = '', keyAfter] = [lkpsEnv['LKPS_AGENT_TOKEN_KEYS'], newKey('agents-new').text];
    const gatewayWith = (keys: string): Promise<Lkps> =>
      track(startLkpsGateway({ env: { ...lkpsEnv, LKPS_AGENT_TOKEN_KEYS: keys } }));
    const registered = async ({ url }: { readonly url: string }): Promise<string> => {
      const access = await applicationToken(fixture.description, fixture.description.apps['agent-b']);
      return String((await post(`${url}/api/agent/register`, {}, bearer(access))).body['token']);
    };
    const takes = async ({ url }: Lkps, token: string): Promise<boolean> => {
      const worker = await connectRaw(`${url.replace(/^http/, 'ws')}/agent`, {
        authorization: `Bearer ${token}`,
      });
      if ('socket' in worker) {
        worker.socket.terminate();
      }
      return 'socket' in worker;
    };
    const both = await gatewayWith(`${keyBefore},${keyAfter}`);
    const signing = await startLkps({ LKPS_AGENT_TOKEN_KEYS: `${keyAfter},${keyBefore}` });
    const [old, fresh] = [await registered(edgeBefore), await registered(await edgeTo(signing.url))];
    expect([await takes(both, old), await takes(both, fresh)]).toEqual([true, true]);
    const last = await gatewayWith(keyAfter);
    expect([await takes(last, old), await takes(last, fresh)]).toEqual([false, true]);
  });

  it('leaves the old signing key worth nothing once LiveKit has lost it, and hears of rooms by the new webhook key', async () => {
    const [old = expect.unreachable()] = signedWith(signOld);
    await livekit.stop();
    livekit = await runLiveKit([signNew, hookNew], hookNew.id);
    await rollTo({
      LKPS_LIVEKIT_KEYS: signNew.text,
      LKPS_WEBHOOK_KEYS: hookNew.text,
      LKPS_PROXY_SECRETS: proofNew,
    });
    const refused = await join(old);
    expect(eventOf(refused, 'refused')['status']).toBe(401);
    const answer = await start();
    expect(answer.status).toBe(201);
    await expectJoins(answer);
    await expectHeardOf(answer);
    const rejected = await fixture.sql(`select reason from audit_events where type = 'webhook.rejected'`);
    expect(rejected).toEqual([]);
  });
});
