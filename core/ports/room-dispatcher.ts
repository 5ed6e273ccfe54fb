import type { AgentName, RequestId, RoomName } from '../model/names.ts';
import type { RoomLife } from '../model/session.ts';

export interface RoomRequest {
  readonly room: RoomName;
  readonly agent: AgentName;
  /** Travels to the agent as the job attribute `lkps.request_id`. */
  readonly requestId: RequestId;
}

/**
 * Creates rooms with their agent.
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
}
