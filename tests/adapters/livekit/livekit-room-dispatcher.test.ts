import { setTimeout as delay } from 'node:timers/promises';
import { AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveKitRoomDispatcher } from '../../../adapters/livekit/index.ts';
import { parseRoomSid } from '../../../core/index.ts';
import { anyRequest, describeRoomDispatcher } from '../../contract/room-dispatcher.contract.ts';
import { deadUrl } from '../../support/livekit-impostor.ts';
import {
  LIVEKIT_START_MS,
  openLiveKit,
  randomKey,
  secretText,
  type TestLiveKit,
} from '../../support/livekit-server.ts';
import { watchJobs } from '../../support/livekit-worker.ts';

let livekit: TestLiveKit;
beforeAll(async () => {
  livekit = await openLiveKit();
}, LIVEKIT_START_MS);
afterAll(() => livekit.stop());

describeRoomDispatcher('LiveKit', async () => {
  const { rooms, dispatches } = serverClients();
  return {
    dispatcher: dispatcher(),
    unreachable: new LiveKitRoomDispatcher({ url: await deadUrl(), key: livekit.apiKey }),
    roomsNamed: async (name) =>
      Promise.all(
        (await rooms.listRooms([name])).map(async (room) => ({
          life: { sid: parseRoomSid(room.sid), creationTimeMs: Number(room.creationTimeMs) },
          dispatches: (await dispatches.listDispatch(name)).map(({ agentName, metadata, attributes }) => ({
            agent: agentName,
            metadata,
            attributes,
          })),
        })),
      ),
    close: () => Promise.resolve(),
  };
});

describe('LiveKitRoomDispatcher', () => {
  it('lets an empty room wait 60 s for its participant, and 20 s for its return', async () => {
    const request = anyRequest();
    await dispatcher().createRoom(request);
    const [room] = await serverClients().rooms.listRooms([request.room]);
    expect(room).toMatchObject({ emptyTimeout: 60, departureTimeout: 20, metadata: '' });
  });

  it('says when the room was created, to the millisecond', async () => {
    const before = Date.now();
    const { creationTimeMs } = await dispatcher().createRoom(anyRequest());
    expect(creationTimeMs).toBeGreaterThanOrEqual(before - 1000);
    expect(creationTimeMs).toBeLessThanOrEqual(Date.now() + 1000);
  });

  it('offers the job to the agent’s own worker, once, and never to an unnamed one', async () => {
    const request = anyRequest();
    const named = await watchJobs(livekit.wsUrl, livekit.apiKey, request.agent);
    const unnamed = await watchJobs(livekit.wsUrl, livekit.apiKey, '');
    try {
      await Promise.all([dispatcher().createRoom(request), dispatcher().createRoom(request)]);
      await dispatcher().createRoom(request);
      const control = anyRequest().room;
      await serverClients().rooms.createRoom({ name: control });
      // The control shows that the unnamed worker is really there: a room without an agent is offered to it.
      await until(() => named.offers.length > 0 && unnamed.offers.length > 0);
      await delay(500);
      expect(named.offers.map(({ room, attributes }) => [room?.name, attributes])).toEqual([
        [request.room, { 'lkps.request_id': request.requestId }],
      ]);
      expect(unnamed.offers.map(({ room }) => room?.name)).toEqual([control]);
    } finally {
      await named.close();
      await unnamed.close();
    }
  });

  it('makes no room with a key the server does not hold', async () => {
    const request = anyRequest();
    for (const key of [randomKey(livekit.apiKey.id), randomKey('unknown')]) {
      const stranger = new LiveKitRoomDispatcher({ url: livekit.url, key });
      await expect(stranger.createRoom(request)).rejects.toMatchObject({ code: 'livekit_unavailable' });
    }
    expect(await serverClients().rooms.listRooms([request.room])).toEqual([]);
  });
});

function dispatcher(): LiveKitRoomDispatcher {
  return new LiveKitRoomDispatcher({ url: livekit.url, key: livekit.apiKey });
}

/** The server as its operator sees it. */
function serverClients(): { readonly rooms: RoomServiceClient; readonly dispatches: AgentDispatchClient } {
  const credentials = [livekit.url, livekit.apiKey.id, secretText(livekit.apiKey)] as const;
  return {
    rooms: new RoomServiceClient(...credentials),
    dispatches: new AgentDispatchClient(...credentials),
  };
}

async function until(isSo: () => boolean): Promise<void> {
  for (let waitedMs = 0; waitedMs < 15_000 && !isSo(); waitedMs += 50) {
    await delay(50);
  }
  expect(isSo()).toBe(true);
}
