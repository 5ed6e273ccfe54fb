import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilAgentIs } from '../../dev/agent-presence.ts';
import { runClient } from '../../dev/client-process.ts';
import {
  applicationToken,
  bearer,
  post,
  startSession,
  textOf,
  type Answer,
  type StartedSession,
} from '../../dev/platform-client.ts';
import { signedAnew } from '../support/attack-forgeries.ts';
import { connectWorker, type RawWorker } from '../support/attack-worker.ts';
import { register as registering } from '../support/attack-scene.ts';
import { runCli } from '../support/cli-run.ts';
import { eventually } from '../support/eventually.ts';
import { openHeldEdge, type HeldEdge } from '../support/held-edge.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';
import { startListener, type Listener } from '../support/stack-listener.ts';
import { tookMs, trifle } from '../support/unstalled.ts';

type App = 'agent-a' | 'agent-b';

const TTL_SECONDS = 24;
/**
 * From a registration of one worker to the first of the other: half-way to the next of the first, which comes 14.4 to 16 s
 * after the last. A connection is closed 22 s after its registration, so theirs are never closed at the same time.
 */
const APART_MS = 7_500;
/** An echo takes milliseconds, but no process is held up for that long by the machine. */
const SILENCE_MS = 10_000;
/** An announcement is renewed every 5 s and believed for 15 s: what is gone sooner was taken back. */
const TAKEN_BACK_MS = 9_500;

/**
 * The gateway as a process of its own, two real workers of agent-a, and a real client in a room with one of them that must
 * never wait for an echo, whatever becomes of the connections in between. Tokens are as short-lived as to be renewed meanwhile.
 */
describe('the life of workers at the gateway', { timeout: 180_000 }, () => {
  let fixture: StackFixture;
  let listener: Listener;
  let edge: HeldEdge;
  let admittedAtFirst: number;
  let gateway: NonNullable<StackFixture['stack']['agentGateway']>;

  beforeAll(async () => {
    fixture = await openStack({
      agentGateway: 'separate',
      env: { LKPS_TOKEN_TTL_SECONDS: String(TTL_SECONDS) },
    });
    gateway = fixture.stack.agentGateway ?? expect.unreachable();
    admittedAtFirst = await countOf('worker.admitted', 'agent-a');
    edge = await openHeldEdge(fixture.stack.ocelot.url);
    listener = await startListener(await start('agent-a'), 900);
  });
  afterAll(async () => {
    await listener.stop();
    await fixture.close();
    await edge.close();
  });

  const idOf = (app: App): string => fixture.description.apps[app].client_id;
  const agentIs = (app: App, presence: 'online' | 'offline', timeoutMs?: number): Promise<void> =>
    untilAgentIs(presence, idOf(app), {
      databaseUrl: fixture.stack.postgres.serviceUrl,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  const isOnline = async (app: App): Promise<boolean> =>
    (
      await fixture.sql('select from gateways where announced_until > now() and $1 = any (online)', [
        idOf(app),
      ])
    ).length > 0;
  /** Reasons on record, in their order. */
  const rows = async (type: string, app: App): Promise<readonly (string | null)[]> =>
    (
      await fixture.sql<{ reason: string | null }>(
        'select reason from audit_events where type = $1 and agent_name = $2 order by event_id',
        [type, idOf(app)],
      )
    ).map(({ reason }) => reason);
  const countOf = async (type: string, app: App, reason?: string): Promise<number> =>
    (await rows(type, app)).filter((found) => reason === undefined || found === reason).length;
  const untilCount = (type: string, app: App, least: number, reason?: string): Promise<number> =>
    eventually(
      () => countOf(type, app, reason),
      (count) => count >= least,
      45_000,
    );

  const asClient = (app: App): Promise<string> =>
    applicationToken(
      fixture.description,
      fixture.description.apps[app === 'agent-a' ? 'client-a' : 'client-b'],
    );
  const start = async (app: App): Promise<StartedSession> =>
    startSession(fixture.description, await asClient(app), idOf(app));
  const ask = async (app: App): Promise<Answer> => {
    const body = { agent_entra_app_id: idOf(app) };
    return post(`${fixture.stack.ocelot.url}/api/session/start`, body, bearer(await asClient(app)));
  };
  const register = async (app: App): Promise<string> => {
    const entraToken = await applicationToken(fixture.description, fixture.description.apps[app]);
    const url = `${fixture.stack.ocelot.url}/api/agent/register`;
    return textOf((await post(url, {}, bearer(entraToken))).body, 'token');
  };
  /** The same token, as it would be where tokens last: commands take their time. */
  const lasting = (token: string): Promise<string> =>
    signedAnew(token, fixture.stack.agentTokenKey, { exp: Math.floor(Date.now() / 1000) + 600 });
  const connect = async (token: string): Promise<RawWorker | number> => {
    const worker = await connectWorker({ url: `${fixture.stack.agentGatewayUrl}/agent`, token });
    if (typeof worker === 'object') {
      worker.say(registering(idOf('agent-b')));
      await worker.settled();
    }
    return worker;
  };
  const connected = async (token: string): Promise<RawWorker> => {
    const worker = await connect(token);
    return typeof worker === 'number' ? expect.unreachable(`refused: ${worker}`) : worker;
  };
  const talksWith = async (session: StartedSession): Promise<void> => {
    const talk = await runClient(session, ['talk', '--timeout', '60']);
    expect(talk.exit.code, JSON.stringify(talk.events)).toBe(0);
  };
  async function expectNoSilence(): Promise<void> {
    await listener.hears(4);
    const { missing, longestSilenceMs } = listener.heard();
    expect(missing).toEqual([]);
    expect(longestSilenceMs).toBeLessThan(SILENCE_MS);
  }

  it('carries a job to its agent, whose state the client sees change: lk.agent.state', async () => {
    await eventually(
      () =>
        Promise.resolve(
          listener.events
            .filter(({ event }) => event === 'attributes_changed')
            .map(({ changed }) => JSON.stringify(changed)),
        ),
      (seen) => seen.at(-1) === '{"lk.agent.state":"listening"}',
    );
    expect(admittedAtFirst).toBe(1);
    expect(await rows('worker.job_relayed', 'agent-a')).toHaveLength(1);
  });

  it('a second connection by the same token closes the first, on record', async () => {
    const token = await register('agent-b');
    const first = await connected(token);
    const second = await connected(token);
    expect(await first.ended).toBe(1008);
    expect(second.closeCode()).toBe(0);
    await second.close();
    await untilCount('worker.closed', 'agent-b', 2);
    expect((await rows('worker.closed', 'agent-b'))[0]).toBe('replaced');
  });

  it('a revocation closes the worker within 5 s and lets it in no more; restored, its agent has to register again', async () => {
    const token = await lasting(await register('agent-b'));
    const worker = await connected(token);
    await delay(1_000); // the token is not of the revocation's second
    const lkps = (act: string): Promise<unknown> =>
      runCli(['agents', act, idOf('agent-b')], fixture.stack.lkpsEnv);
    expect(await lkps('revoke')).toMatchObject({ code: 0 });
    expect(await tookMs(worker.ended, trifle(fixture, gateway.url))).toBeLessThan(5_000);
    expect(await worker.ended).toBe(1008);
    expect(await connect(token)).toBe(403);
    expect(await lkps('restore')).toMatchObject({ code: 0 });
    expect(await connect(token)).toBe(401);
    const again = await connected(await register('agent-b'));
    await again.close();
    expect(await countOf('worker.closed', 'agent-b', 'agent_revoked')).toBe(1);
    expect(await countOf('worker.refused', 'agent-b', 'agent_revoked')).toBe(1);
    expect(await countOf('worker.refused', 'agent-b', 'token_from_before_revocation')).toBe(1);
  });

  it('renewal swaps the sockets of two workers: no job is lost, and somebody is always there', async () => {
    const starting = fixture.stack.startAgent('agent-a', edge.url);
    await edge.somebodyWaits;
    await untilCount('agent.registered', 'agent-a', (await countOf('agent.registered', 'agent-a')) + 1);
    await delay(APART_MS);
    edge.open();
    await starting;
    const renewed = await countOf('worker.closed', 'agent-a', 'renewed');
    const over = new AbortController();
    const watching = (async () => {
      let absent = 0;
      while (!over.signal.aborted) {
        absent += (await isOnline('agent-a')) ? 0 : 1;
        await delay(100);
      }
      return absent;
    })();
    await untilCount('worker.closed', 'agent-a', renewed + 3, 'renewed'); // at least one of each worker
    await untilCount('worker.admitted', 'agent-a', renewed + 5);
    over.abort();
    expect(await watching).toBe(0);
    await expectNoSilence();
  });

  it('SIGTERM cuts no job, settles what was begun, and leaves no empty room in the gap', async () => {
    await fixture.online('agent-b');
    await agentIs('agent-a', 'online');
    const begunBefore = await start('agent-a');
    const stopping = gateway.halt();
    await agentIs('agent-b', 'offline', TAKEN_BACK_MS);
    const [sessions] = await fixture.sql('select count(*) from sessions');
    const refused = await ask('agent-b');
    expect(refused).toMatchObject({ status: 503, body: { code: 'agent_unavailable' } });
    expect(await fixture.sql('select count(*) from sessions')).toEqual([sessions]);
    await talksWith(begunBefore);
    await stopping;
    expect(await gateway.child.exited).toEqual({ code: 0, signal: null });
    expect(await countOf('worker.closed', 'agent-a', 'gateway_stopping')).toBeGreaterThan(0);
    await gateway.start();
    await agentIs('agent-a', 'online', 30_000);
    await agentIs('agent-b', 'online', 30_000);
    expect((await ask('agent-b')).status).toBe(201);
    await expectNoSilence();
  });

  it('kill -9 of the gateway loses no running job, and its workers come back', async () => {
    const admitted = await countOf('worker.admitted', 'agent-a');
    await gateway.child.kill();
    await listener.hears(8);
    await gateway.start();
    await untilCount('worker.admitted', 'agent-a', admitted + 2);
    await agentIs('agent-a', 'online');
    await talksWith(await start('agent-a'));
    await expectNoSilence();
  });

  it('a LiveKit that was killed brings its workers back, and then sessions', async () => {
    await listener.stop();
    const admitted = await countOf('worker.admitted', 'agent-a');
    await fixture.stack.livekit.child.kill();
    await agentIs('agent-a', 'offline');
    expect((await ask('agent-a')).body['code']).toBe('agent_unavailable');
    await fixture.stack.livekit.start();
    await untilCount('worker.admitted', 'agent-a', admitted + 2);
    await agentIs('agent-a', 'online');
    await talksWith(await start('agent-a'));
  });
});
