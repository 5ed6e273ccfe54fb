import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import {
  agentNameOf,
  parseClientId,
  parseRequestId,
  roomNameOf,
  type RoomDispatcher,
  type RoomLife,
  type RoomName,
  type RoomRequest,
} from '../../core/index.ts';
import { lawsOf, type ContractOptions } from '../support/laws.ts';

export interface RoomDispatcherSubject {
  readonly dispatcher: RoomDispatcher;
  /** The rooms that are there under a name: one, or none. */
  readonly roomsNamed: (room: RoomName) => Promise<readonly ExistingRoom[]>;
  /** The same dispatcher in front of a LiveKit that is not there. */
  readonly unreachable: RoomDispatcher;
  readonly close: () => Promise<void>;
}

export interface ExistingRoom {
  readonly life: RoomLife;
  readonly dispatches: readonly {
    readonly agent: string;
    readonly metadata: string;
    readonly attributes: Readonly<Record<string, string>>;
  }[];
}

/** What every RoomDispatcher promises. An adapter's own test file is one call to this. */
export function describeRoomDispatcher(
  adapter: string,
  open: () => Promise<RoomDispatcherSubject>,
  options?: ContractOptions,
): void {
  describe(`RoomDispatcher contract: ${adapter}`, () => {
    const law = lawsOf(options);
    let subject: RoomDispatcherSubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    law('leaves the room there, with exactly one dispatch, of the agent that was asked for', async () => {
      const request = anyRequest();
      const life = await subject.dispatcher.createRoom(request);
      const dispatches = [dispatchOf(request)];
      expect(await subject.roomsNamed(request.room)).toEqual([{ life, dispatches }]);
    });

    law('hands what is for the agent on to the agent, as it is', async () => {
      const request = { ...anyRequest(), agentMetadata: '{"topic": "Rückgabe"}\n'.repeat(600) };
      await subject.dispatcher.createRoom(request);
      const [room] = await subject.roomsNamed(request.room);
      expect(room?.dispatches).toEqual([dispatchOf(request)]);
    });

    law('answers a room that is there with the life it has, and dispatches nobody again', async () => {
      const request = anyRequest();
      const first = await subject.dispatcher.createRoom(request);
      expect(await subject.dispatcher.createRoom(request)).toEqual(first);
      expect(await subject.roomsNamed(request.room)).toEqual([
        { life: first, dispatches: [dispatchOf(request)] },
      ]);
    });

    law('makes one room and one dispatch of any number of concurrent calls', async () => {
      const request = anyRequest();
      const lives = await Promise.all(
        Array.from({ length: 20 }, () => subject.dispatcher.createRoom(request)),
      );
      expect(new Set(lives.map(({ sid }) => sid)).size).toBe(1);
      const [room] = await subject.roomsNamed(request.room);
      expect(room?.dispatches).toEqual([dispatchOf(request)]);
    });

    law('gives rooms of different names different lives', async () => {
      const requests = Array.from({ length: 8 }, anyRequest);
      const lives = await Promise.all(requests.map((request) => subject.dispatcher.createRoom(request)));
      expect(new Set(lives.map(({ sid }) => sid)).size).toBe(requests.length);
    });

    law('closes a room: it is gone, and its name brings another life and dispatch', async () => {
      const request = anyRequest();
      const first = await subject.dispatcher.createRoom(request);
      const other = anyRequest();
      await subject.dispatcher.createRoom(other);
      await subject.dispatcher.deleteRoom(request.room);
      expect(await subject.roomsNamed(request.room)).toEqual([]);
      expect((await subject.roomsNamed(other.room)).length).toBe(1);
      expect((await subject.dispatcher.createRoom(request)).sid).not.toBe(first.sid);
    });

    law('closes a room that is not there, or is being closed, as readily', async () => {
      const { room } = anyRequest();
      await subject.dispatcher.deleteRoom(room);
      const request = anyRequest();
      await subject.dispatcher.createRoom(request);
      await Promise.all(Array.from({ length: 20 }, () => subject.dispatcher.deleteRoom(request.room)));
      await subject.dispatcher.deleteRoom(request.room);
      expect(await subject.roomsNamed(request.room)).toEqual([]);
    });

    law('does not say that a room is closed where LiveKit is not there', async () => {
      const request = anyRequest();
      await subject.dispatcher.createRoom(request);
      await expect(subject.unreachable.deleteRoom(request.room)).rejects.toMatchObject({
        name: 'LkpsError',
        code: 'livekit_unavailable',
      });
      expect((await subject.roomsNamed(request.room)).length).toBe(1);
    });

    law('rejects with livekit_unavailable where LiveKit is not there, and makes no room', async () => {
      const request = anyRequest();
      await expect(subject.unreachable.createRoom(request)).rejects.toMatchObject({
        name: 'LkpsError',
        code: 'livekit_unavailable',
      });
      expect(await subject.roomsNamed(request.room)).toEqual([]);
    });
  });
}

/** A request for a room nobody has asked for before. */
export function anyRequest(): RoomRequest {
  return {
    room: roomNameOf(randomBytes(16).toString('hex')),
    agent: agentNameOf(parseClientId(randomUUID())),
    requestId: parseRequestId(`request-${randomUUID()}`),
  };
}

function dispatchOf({
  agent,
  requestId,
  agentMetadata: metadata = '',
}: RoomRequest): ExistingRoom['dispatches'][number] {
  return { agent, metadata, attributes: { 'lkps.request_id': requestId } };
}
