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
} from '../../core/index.ts';

/** {@link Ids} that count: the same run gives the same ids, and their first digit says what they name. */
export class CountingIds implements Ids {
  #count = 0;
  #latestMs = 0;

  sessionId(): SessionId {
    return parseSessionId(this.#guid('5e550000'));
  }

  roomName(): RoomName {
    return roomNameOf(this.#next(32));
  }

  tokenId(): TokenId {
    return parseTokenId(this.#guid('70ce0000'));
  }

  requestId(): RequestId {
    return parseRequestId(`r-${this.#next(8)}`);
  }

  connectionId(): ConnectionId {
    return parseConnectionId(this.#guid('c0000000'));
  }

  gatewayId(): GatewayId {
    return parseGatewayId(this.#guid('6a7e0000'));
  }

  /** UUID v7 in form: the time, then the count, so that later ids sort later. */
  eventId(at: Date): EventId {
    this.#latestMs = Math.max(this.#latestMs, at.getTime());
    const time = this.#latestMs.toString(16).padStart(12, '0');
    return parseEventId(`${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${this.#next(12)}`);
  }

  #guid(prefix: string): string {
    return `${prefix}-0000-4000-8000-${this.#next(12)}`;
  }

  #next(digits: number): string {
    this.#count += 1;
    return this.#count.toString(16).padStart(digits, '0');
  }
}
