import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import {
  parseConnectionId,
  parseEventId,
  parseGatewayId,
  parseRequestId,
  parseSessionId,
  parseTokenId,
  roomNameOf,
  type ConnectionId,
  type EventId,
  type GatewayId,
  type Ids,
  type RequestId,
  type RoomName,
  type SessionId,
  type TokenId,
} from '../core/index.ts';

const ROOM_BYTES = 16;
const MAX_FIRST_SEQUENCE = 0x7fff_ffff;

/** {@link Ids} from the system's random source. */
export class RandomIds implements Ids {
  #latestMs = 0;
  #sequence = 0;

  sessionId(): SessionId {
    return parseSessionId(randomUUID());
  }

  roomName(): RoomName {
    return roomNameOf(randomBytes(ROOM_BYTES).toString('hex'));
  }

  tokenId(): TokenId {
    return parseTokenId(randomUUID());
  }

  requestId(): RequestId {
    return parseRequestId(randomUUID());
  }

  connectionId(): ConnectionId {
    return parseConnectionId(randomUUID());
  }

  gatewayId(): GatewayId {
    return parseGatewayId(randomUUID());
  }

  /** Within one millisecond, or when the clock went back, a sequence keeps the order (RFC 9562 section 6.2). */
  eventId(at: Date): EventId {
    if (at.getTime() > this.#latestMs) {
      this.#latestMs = at.getTime();
      this.#sequence = randomInt(MAX_FIRST_SEQUENCE);
    } else {
      this.#sequence += 1;
    }
    return parseEventId(uuidV7({ msecs: this.#latestMs, seq: this.#sequence }));
  }
}
