import { RoomAgentDispatch, RoomServiceClient, ServerError } from 'livekit-server-sdk';
import {
  LkpsError,
  parseRoomSid,
  type RoomDispatcher,
  type RoomLife,
  type RoomName,
  type RoomRequest,
} from '../../core/index.ts';
import { describeFailure } from './describe-failure.ts';
import { creationTimeMs } from './room-time.ts';
import type { LiveKitKey } from './signing-keys.ts';

/** How long an empty room waits for its first participant. */
const EMPTY_TIMEOUT_SECONDS = 60;
/** How long a room waits for its participant to come back. */
const DEPARTURE_TIMEOUT_SECONDS = 20;
const DEADLINE_SECONDS = 5;
/** Of the same 5 s: a DeleteRoom that meets another one may get no answer, and then the list of rooms tells. */
const DELETE_SECONDS = 3;
const LOOK_SECONDS = 2;

/** {@link RoomDispatcher} through LiveKit's RoomService. Retries nothing: the caller decides. */
export class LiveKitRoomDispatcher implements RoomDispatcher {
  readonly #rooms: RoomServiceClient;
  readonly #closing: RoomServiceClient;
  readonly #looking: RoomServiceClient;

  constructor({ url, key }: { readonly url: string; readonly key: LiveKitKey }) {
    const secret = Buffer.from(key.secret).toString('utf8');
    const within = (requestTimeout: number): RoomServiceClient =>
      new RoomServiceClient(url, key.id, secret, { requestTimeout, failover: false });
    this.#rooms = within(DEADLINE_SECONDS);
    this.#closing = within(DELETE_SECONDS);
    this.#looking = within(LOOK_SECONDS);
  }

  async createRoom({ room, agent, requestId, agentMetadata = '' }: RoomRequest): Promise<RoomLife> {
    try {
      const created = await this.#rooms.createRoom({
        name: room,
        emptyTimeout: EMPTY_TIMEOUT_SECONDS,
        departureTimeout: DEPARTURE_TIMEOUT_SECONDS,
        agents: [
          new RoomAgentDispatch({
            agentName: agent,
            metadata: agentMetadata,
            attributes: { 'lkps.request_id': requestId },
          }),
        ],
      });
      return { sid: parseRoomSid(created.sid), creationTimeMs: creationTimeMs(created) };
    } catch (error) {
      throw new LkpsError('livekit_unavailable', `CreateRoom failed: ${describeFailure(error)}`);
    }
  }

  async deleteRoom(room: RoomName): Promise<void> {
    try {
      await this.#closing.deleteRoom(room);
    } catch (error) {
      if (!isAbsence(error) && !(await this.#isGone(room))) {
        throw new LkpsError('livekit_unavailable', `DeleteRoom failed: ${describeFailure(error)}`);
      }
    }
  }

  /** Known to be: no answer is none. */
  #isGone(room: RoomName): Promise<boolean> {
    return this.#looking.listRooms([room]).then(
      (rooms) => rooms.length === 0,
      () => false,
    );
  }
}

/** Twirp's own word for it, not any 404: a proxy in front, or another server, has those too. */
function isAbsence(error: unknown): boolean {
  return error instanceof ServerError && error.status === 404 && error.code === 'not_found';
}
