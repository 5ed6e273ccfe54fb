import { RoomAgentDispatch, RoomServiceClient } from 'livekit-server-sdk';
import {
  LkpsError,
  parseRoomSid,
  type RoomDispatcher,
  type RoomLife,
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

/** {@link RoomDispatcher} through LiveKit's RoomService. Retries nothing: the caller decides. */
export class LiveKitRoomDispatcher implements RoomDispatcher {
  readonly #rooms: RoomServiceClient;

  constructor({ url, key }: { readonly url: string; readonly key: LiveKitKey }) {
    this.#rooms = new RoomServiceClient(url, key.id, Buffer.from(key.secret).toString('utf8'), {
      requestTimeout: DEADLINE_SECONDS,
      failover: false,
    });
  }

  async createRoom({ room, agent, requestId }: RoomRequest): Promise<RoomLife> {
    try {
      const created = await this.#rooms.createRoom({
        name: room,
        emptyTimeout: EMPTY_TIMEOUT_SECONDS,
        departureTimeout: DEPARTURE_TIMEOUT_SECONDS,
        agents: [new RoomAgentDispatch({ agentName: agent, attributes: { 'lkps.request_id': requestId } })],
      });
      return { sid: parseRoomSid(created.sid), creationTimeMs: creationTimeMs(created) };
    } catch (error) {
      throw new LkpsError('livekit_unavailable', `CreateRoom failed: ${describeFailure(error)}`);
    }
  }
}
