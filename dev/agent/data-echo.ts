import { RoomEvent, type RemoteParticipant, type Room } from '@livekit/rtc-node';
import { log } from './event-line.ts';

const ASK_TOPIC = 'lkps.echo';
const REPLY_TOPIC = 'lkps.echo.reply';
const MOST_EARLY_PACKETS = 32;

interface Packet {
  readonly payload: Uint8Array;
  /** Unknown for what arrives before the sender's own announcement. */
  readonly from: string | undefined;
}

/** Sends every packet of the echo topic back to the session's participant, and only to that one. */
export class DataEcho {
  readonly #room: Room;
  readonly #early: Packet[] = [];
  #served: string | undefined;

  /** Listens from here on: what comes before the participant is known is kept, not lost. */
  constructor(room: Room) {
    this.#room = room;
    room.on(
      RoomEvent.DataReceived,
      (payload: Uint8Array, from?: RemoteParticipant, _kind?: unknown, topic?: string) => {
        if (topic === ASK_TOPIC) this.#receive({ payload, from: from?.identity });
      },
    );
  }

  serve(identity: string): void {
    this.#served = identity;
    for (const { payload, from } of this.#early.splice(0)) {
      if (from === undefined || from === identity) this.#reply(payload, identity);
    }
  }

  #receive(packet: Packet): void {
    if (this.#served === undefined) {
      if (this.#early.length < MOST_EARLY_PACKETS) this.#early.push(packet);
    } else if (packet.from === this.#served) {
      this.#reply(packet.payload, this.#served);
    }
  }

  #reply(payload: Uint8Array, to: string): void {
    const options = { reliable: true, destination_identities: [to], topic: REPLY_TOPIC };
    this.#room.localParticipant?.publishData(payload, options).catch((error: unknown) => {
      log('warn', 'an echo was not sent', { reason: String(error) });
    });
  }
}
