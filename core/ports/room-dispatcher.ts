import type { AgentName, RequestId, RoomName } from '../model/names.ts';
import type { RoomLife } from '../model/session.ts';

export interface RoomRequest {
  readonly room: RoomName;
  readonly agent: AgentName;
  /** Travels to the agent as the job attribute `lkps.request_id`. */
  readonly requestId: RequestId;
  /** Reaches the agent alone, as `job.metadata`. */
  readonly agentMetadata?: string;
}

/**
 * Creates rooms with their agent, and closes them.
 *
 * Every implementation passes `tests/contract/room-dispatcher.contract.ts`.
 */
export interface RoomDispatcher {
  /**
   * The room exists once resolved, with exactly one dispatch, of `agent`. Idempotent by room name.
   *
   * A rejection does not mean that there is no room: the answer may have been lost. Nobody retries here; the room then
   * closes by itself, empty.
   *
   * @throws LkpsError `livekit_unavailable` within 5 s.
   */
  createRoom(request: RoomRequest): Promise<RoomLife>;

  /**
   * The room is gone once resolved, everyone in it is put out, and no token opens it again. A room that is not there is
   * as good; one that is being created at the same time may be there afterwards.
   *
   * @throws LkpsError `livekit_unavailable` within 5 s: it may be there, or not.
   */
  deleteRoom(room: RoomName): Promise<void>;
}
