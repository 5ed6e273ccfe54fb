import { randomUUID } from 'node:crypto';
import { RoomAgentDispatch, type ServerMessage } from '@livekit/protocol';
import { AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import { setTimeout as delay } from 'node:timers/promises';
import type { LiveKitKey } from '../../adapters/livekit/index.ts';
import { signJwt } from '../../adapters/livekit/sign-jwt.ts';
import { register, type AttackScene } from './attack-scene.ts';
import { connectWorker, type RawWorker } from './attack-worker.ts';
import { joinedBare, type BareClient } from './livekit-signalling.ts';
import { secretText, type TestLiveKit } from './livekit-server.ts';

export interface PlainScene extends AttackScene {
  /** What any team holds on such a server: a worker's token, whatever its other grants and whichever key signed it. */
  readonly workerToken: (wish?: { readonly key?: LiveKitKey; readonly exp?: number }) => Promise<string>;
  /** Identity and sid of everybody in the room of the other team who can be seen. */
  readonly present: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

const HOUR_S = 3600;
const SECRET = 'between the two of us';
/** LiveKit takes a quarter of a second to choose a worker. */
const HEARD_MS = 500;
const PATIENCE_MS = 20_000;
/** Earlier than that after the start of a job LiveKit is slow to tell of its end. */
const SETTLED_MS = 6000;

/** A LiveKit server with nothing in front of it, as every team with an agent meets it. */
export async function plainScene({ url, wsUrl, apiKey }: TestLiveKit): Promise<PlainScene> {
  const [own, victim, caller] = ['team-b', 'team-a', 'ada'];
  const rooms = new RoomServiceClient(url, apiKey.id, secretText(apiKey));
  const dispatches = new AgentDispatchClient(url, apiKey.id, secretText(apiKey));
  const callers: BareClient[] = [];
  const sign = (claims: object, key = apiKey): Promise<string> =>
    signJwt(key, { exp: Math.floor(Date.now() / 1000) + HOUR_S, ...claims });
  const workerToken: PlainScene['workerToken'] = ({ key, ...claims } = {}) =>
    sign({ sub: own, video: { agent: true, room: 'none' }, ...claims }, key);
  const connect = async (answer?: Parameters<typeof connectWorker>[1]): Promise<RawWorker> => {
    const worker = await connectWorker({ url: `${wsUrl}/agent`, token: await workerToken() }, answer);
    return typeof worker === 'number' ? Promise.reject(new Error(`answered ${worker}`)) : worker;
  };
  const open = async (agentName?: string): Promise<string> => {
    const room = `room-${randomUUID()}`;
    const agents = agentName === undefined ? [] : [new RoomAgentDispatch({ agentName, metadata: SECRET })];
    await rooms.createRoom({ name: room, emptyTimeout: 60, agents });
    return room;
  };
  const callerToken = (room: string): Promise<string> =>
    sign({ sub: caller, video: { roomJoin: true, room } });
  const join = async (room: string): Promise<void> => {
    callers.push(await joinedBare({ livekitUrl: wsUrl, token: await callerToken(room) }));
  };

  const honest = await connect();
  honest.say(register(victim));
  await honest.settled();
  const callVictim = async (
    patienceMs: number,
  ): Promise<{ readonly room: string; readonly jobId: string }> => {
    const room = await open(victim);
    await join(room);
    const jobOf = (message: ServerMessage['message']): string | undefined =>
      message.case === 'assignment' && message.value.job?.room?.name === room
        ? message.value.job.id
        : undefined;
    // Another's share of the work never comes here.
    return { room, jobId: await honest.first(jobOf, patienceMs).catch(() => '') };
  };
  const { room, jobId } = await callVictim(PATIENCE_MS);
  const startedAt = performance.now();
  return {
    own,
    victim,
    room,
    jobId,
    caller,
    patienceMs: PATIENCE_MS,
    connect,
    callVictim: async () => {
      await callVictim(HEARD_MS);
    },
    livekitUrl: wsUrl,
    callOwn: async () => {
      const called = await open(own);
      return { room: called, callerToken: await callerToken(called) };
    },
    openRoom: async () => {
      await join(await open()); // until then it is no more than a plan
    },
    endJob: async () => {
      await delay(Math.max(0, SETTLED_MS - (performance.now() - startedAt)));
      for (const { id } of await dispatches.listDispatch(room)) {
        await dispatches.deleteDispatch(id, room);
      }
      const isTold = (message: ServerMessage['message']): 'told' | undefined =>
        message.case === 'termination' && message.value.jobId === jobId ? 'told' : undefined;
      return honest.first(isTold, HEARD_MS).catch(() => 'not_told');
    },
    workerToken,
    present: async () =>
      (await rooms.listParticipants(room)).map(({ identity, sid }) => `${identity} ${sid}`).sort(),
    close: async () => {
      for (const client of callers) {
        client.close();
      }
      await honest.close();
    },
  };
}
