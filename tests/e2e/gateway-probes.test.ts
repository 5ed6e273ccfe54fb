import { randomBytes, randomUUID } from 'node:crypto';
import { RoomAgentDispatch } from '@livekit/protocol';
import { decodeJwt } from 'jose';
import { RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setTimeout as delay } from 'node:timers/promises';
import { applicationToken } from '../../dev/platform-client.ts';
import { DOORS, knock, openDoors } from '../support/attack-doors.ts';
import { falseTokens, signedAnew } from '../support/attack-forgeries.ts';
import { NAME_ATTACKS, NAMELESS_ATTACKS, POINTLESS_NAMES } from '../support/attack-names.ts';
import { ENDING_ATTACK, OWN_JOB_ATTACKS, takeOwnJob } from '../support/attack-own-jobs.ts';
import { platformScene, type PlatformScene } from '../support/attack-platform-scene.ts';
import { plainScene, type PlainScene } from '../support/attack-plain-scene.ts';
import { grantsIn, lootOf, register, registered } from '../support/attack-scene.ts';
import { simulateJob, SIMULATIONS } from '../support/attack-simulations.ts';
import { answeredCalls, gatherTokens } from '../support/attack-tokens.ts';
import { connectWorker } from '../support/attack-worker.ts';
import { eventually } from '../support/eventually.ts';
import { joinBare, joinedBare } from '../support/livekit-signalling.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';
import { LIVEKIT_START_MS, openLiveKit, type TestLiveKit } from '../support/livekit-server.ts';
import { tookMs, trifle } from '../support/unstalled.ts';

/** Every refusal is on record, however many there are. */
const UNLIMITED = {
  LKPS_RATE_LIMIT_CALLER: 'off',
  LKPS_RATE_LIMIT_CLIENT: 'off',
  LKPS_REFUSAL_ROWS: '1000/60',
};
const REAL_ATTACKS = [...NAME_ATTACKS, ...NAMELESS_ATTACKS, ...SIMULATIONS, ...OWN_JOB_ATTACKS];

/** The control: each attack is a real one. */
describe('on a plain LiveKit server any worker token is worth', () => {
  let livekit: TestLiveKit;
  let scene: PlainScene;
  beforeAll(async () => {
    livekit = await openLiveKit();
    scene = await plainScene(livekit);
  }, LIVEKIT_START_MS);
  afterAll(async () => {
    await scene.close();
    await livekit.stop();
  });

  it.each(REAL_ATTACKS)('$name', async ({ run }) => {
    expect(await run(scene)).not.toEqual([]);
  });

  it('the place of the caller, who is put out, in a room of another team', async () => {
    const before = await scene.present();
    expect(before).toEqual([expect.stringContaining(`${scene.caller} `)]);
    const worker = await registered(scene, {}, () => ({ participantIdentity: scene.caller }));
    worker.send(simulateJob(scene.room));
    const { token } = await worker.first((message) =>
      message.case === 'assignment' ? message.value : undefined,
    );
    const intruder = await joinedBare({ livekitUrl: scene.livekitUrl, token });
    const after = await eventually(scene.present, (present) => present.join() !== before.join());
    expect(after).toEqual([expect.stringContaining(`${scene.caller} `)]);
    intruder.close();
    await worker.close();
  });

  it('every spelling of its door, and with the key of any other team', async () => {
    expect(await openDoors(livekit.wsUrl, await scene.workerToken())).toHaveLength(DOORS);
    const otherKey = await scene.workerToken({ key: livekit.webhookKey });
    expect(await openDoors(livekit.wsUrl, otherKey)).toHaveLength(DOORS);
  });

  it('more of the same: the token of a job, and what LiveKit makes of it, are worker tokens too', async () => {
    const tokens = await gatherTokens(scene);
    expect(grantsIn(tokens.job)).toMatchObject({ agent: true });
    expect(await openDoors(livekit.wsUrl, tokens.job)).toHaveLength(DOORS);
    expect(await openDoors(livekit.wsUrl, tokens.refreshedJob)).toHaveLength(DOORS);
    expect(await openDoors(livekit.wsUrl, tokens.participant)).toEqual([]);
    expect(await openDoors(livekit.wsUrl, tokens.refreshedParticipant)).toEqual([]);
  });

  it('jobs for as long as the connection lasts, however long the token is over', async () => {
    const token = await scene.workerToken({ exp: Math.floor(Date.now() / 1000) + 1 });
    const worker = await connectWorker({ url: `${livekit.wsUrl}/agent`, token });
    if (typeof worker === 'number') expect.unreachable();
    worker.say(register(scene.own));
    await delay(1100);
    expect((await takeOwnJob(scene, worker)).jobToken).not.toBe('');
    await worker.close();
  });

  it('nothing at its API', async () => {
    expect(await answeredCalls(livekit.url, await scene.workerToken(), scene.room)).toEqual([]);
  });

  it(ENDING_ATTACK.name, async () => {
    expect(await ENDING_ATTACK.run(scene)).not.toEqual([]);
  });
});

describe('through the gateway, with LiveKit itself left open beside it, the same is worth', () => {
  let fixture: StackFixture;
  let scene: PlatformScene;
  beforeAll(async () => {
    fixture = await openStack({ env: UNLIMITED });
    scene = await platformScene(fixture);
  });
  afterAll(async () => {
    await scene.close();
    await fixture.close();
  });

  it.each([...REAL_ATTACKS, ...POINTLESS_NAMES])('nothing: $name', async ({ run, refusal }) => {
    await scene.refusals();
    expect(await run(scene)).toEqual([]);
    const expected = refusal === undefined ? [] : [refusal];
    expect(await eventually(scene.refusals, (reasons) => reasons.length >= expected.length)).toEqual(
      expected,
    );
  });

  it('not even an offer, had it been withheld: LiveKit never heard of any of this', async () => {
    const withheld = await fixture.sql(`select reason from audit_events where type = 'worker.job_withheld'`);
    expect(withheld).toEqual([]);
  });

  it("a token that opens one door, of all that are in anybody's hands, and none of LiveKit's", async () => {
    const { agent_gateway_url: gateway, livekit_url: livekit, livekit_api: api } = fixture.description;
    const tokens = await gatherTokens(scene);
    const worker = await scene.workerToken();
    expect(decodeJwt(tokens.job)).toMatchObject({ kind: 'agent', video: { roomJoin: true } });
    expect(await joinBare({ livekitUrl: livekit, token: worker })).toBe(401);
    for (const [name, token] of Object.entries({ ...tokens, worker })) {
      expect(await openDoors(livekit, token), name).toEqual([]);
      expect(await answeredCalls(api.url, token, scene.room), name).toEqual([]);
    }
    await scene.refusals();
    for (const [name, token] of Object.entries(tokens)) {
      expect(await openDoors(gateway, token), name).toEqual([]);
      expect(await scene.refusals(), name).toEqual(['signing_key_unknown', 'signing_key_unknown']);
    }
    expect(await knock({ url: `${gateway}/agent`, token: worker }, scene.own)).toBe('in');
    expect(await knock({ url: `${gateway}/agent?access_token=${worker}` }, scene.own)).toBe('in');
    for (const spelling of ['/%61gent', '/a%67ent', '//agent']) {
      expect(await knock({ url: `${gateway}${spelling}`, token: worker }), spelling).toBe(404);
    }
  });

  it('no more where a token is almost right', async () => {
    const { description, stack } = fixture;
    const token = await scene.workerToken();
    const entraToken = await applicationToken(description, description.apps['agent-b']);
    for (const almost of await falseTokens({ ...stack, token, entraToken, otherAgent: scene.victim })) {
      await scene.refusals();
      const endpoint = { url: `${description.agent_gateway_url}/agent`, ...carried(almost.token) };
      expect(await knock(endpoint), almost.name).toBe(401);
      expect(await scene.refusals(), almost.name).toEqual([almost.reason]);
    }
  });

  it('no job in a room that the platform did not open', async () => {
    await scene.refusals();
    const worker = await registered(scene);
    const { url, key, secret } = fixture.description.livekit_api;
    const rooms = new RoomServiceClient(url, key, secret);
    const agents = [new RoomAgentDispatch({ agentName: scene.own })];
    // LiveKit on a busy machine now and then finds no worker in time; then there is another room.
    const afterOneMore = async (): Promise<readonly string[]> => {
      await rooms.createRoom({ name: `s-${randomBytes(16).toString('hex')}`, agents });
      await delay(1_000);
      return scene.refusals();
    };
    const reasons = await eventually(afterOneMore, ({ length }) => length > 0);
    expect(new Set(reasons)).toEqual(new Set(['room_unknown']));
    await worker.settled();
    expect(lootOf(worker)).toEqual([]);
    await worker.close();
  });

  it('no job once the token is over', async () => {
    const { agentTokenKey, lkps } = fixture.stack;
    const exp = Math.floor(Date.now() / 1000) + 6;
    const token = await signedAnew(await scene.workerToken(), agentTokenKey, { jti: randomUUID(), exp });
    const worker = await connectWorker({ url: `${fixture.description.agent_gateway_url}/agent`, token });
    if (typeof worker === 'number') expect.unreachable();
    worker.say(register(scene.own));
    const leftMs = exp * 1000 - Date.now();
    expect(await tookMs(worker.ended, trifle(fixture, lkps.url))).toBeLessThan(leftMs + 1_000);
    expect(await worker.ended).toBe(1012);
  });

  it('nothing that the caller could notice', () => {
    const [joined, came] = ['joined', 'participant_joined'].map((name) =>
      scene.seen.find(({ event }) => event === name),
    );
    expect(joined).toMatchObject({ event: 'joined', room: scene.room });
    expect(came).toMatchObject({ event: 'participant_joined', kind: 'AGENT' });
    const ofItsAgent = { attributes_changed: 'identity', track: 'from' };
    for (const event of scene.seen.filter((one) => one !== joined && one !== came)) {
      const [, by = 'nothing'] = Object.entries(ofItsAgent).find(([name]) => name === event['event']) ?? [];
      expect(event[by], JSON.stringify(event)).toBe(came?.['identity']);
    }
  });

  it(`nothing: ${ENDING_ATTACK.name}`, async () => {
    expect(await ENDING_ATTACK.run(scene)).toEqual([]);
  });
});

function carried(token: string | undefined): { readonly token?: string } {
  return token === undefined ? {} : { token };
}
