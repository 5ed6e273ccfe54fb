import type {
  ConnectionId,
  EventId,
  GatewayId,
  RequestId,
  RoomName,
  SessionId,
  TokenId,
} from '../model/names.ts';

/** Randomness, as the names it is needed for. Never repeats; not guessable except by its time part where there is one. */
export interface Ids {
  sessionId(): SessionId;
  /** 128 random bits. */
  roomName(): RoomName;
  tokenId(): TokenId;
  requestId(): RequestId;
  connectionId(): ConnectionId;
  gatewayId(): GatewayId;
  /** UUID v7 of `at`; ids asked for later in this process sort later, also within one millisecond. */
  eventId(at: Date): EventId;
}
