import {
  LkpsError,
  parseRoomSid,
  type RoomDispatcher,
  type RoomLife,
  type RoomName,
  type RoomRequest,
} from '../../core/index.ts';
import type { Fault } from './memory-faults.ts';

/** {@link RoomDispatcher} that remembers what it was asked for. */
export class MemoryRoomDispatcher implements RoomDispatcher {
  /** Every call, also those that failed. */
  readonly requests: RoomRequest[] = [];
  /** Every room that somebody asked to close, also those that were not there. */
  readonly deletions: RoomName[] = [];
  /** What becomes of the calls from now on. */
  fault: Fault = 'none';
  #lives = 0;
  readonly #rooms = new Map<RoomName, { readonly life: RoomLife; readonly request: RoomRequest }>();

  // eslint-disable-next-line @typescript-eslint/require-await -- what goes wrong is a rejection, as in every adapter
  async createRoom(request: RoomRequest): Promise<RoomLife> {
    this.requests.push(request);
    this.#failWhen('before');
    const life = this.#rooms.get(request.room)?.life ?? this.#newLife();
    this.#rooms.set(request.room, this.#rooms.get(request.room) ?? { life, request });
    this.#failWhen('after');
    return life;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what goes wrong is a rejection, as in every adapter
  async deleteRoom(room: RoomName): Promise<void> {
    this.deletions.push(room);
    this.#failWhen('before');
    this.#rooms.delete(room);
    this.#failWhen('after');
  }

  /** The rooms there are, each with the one dispatch it was created with. */
  get rooms(): readonly { readonly life: RoomLife; readonly request: RoomRequest }[] {
    return [...this.#rooms.values()];
  }

  #newLife(): RoomLife {
    this.#lives += 1;
    const number = this.#lives;
    return {
      sid: parseRoomSid(`RM_memory${number.toString().padStart(6, '0')}`),
      creationTimeMs: 1_790_000_000_000 + number,
    };
  }

  #failWhen(fault: Fault): void {
    if (this.fault === fault) {
      throw new LkpsError('livekit_unavailable', 'planted fault');
    }
  }
}
