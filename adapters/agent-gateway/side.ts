import { WebSocket } from 'ws';
import { Heartbeat, type HeartbeatLimits } from './heartbeat.ts';

export interface SideLimits extends HeartbeatLimits {
  readonly maxBufferedBytes: number;
  readonly stalledMs: number;
}

export interface SideEvents {
  readonly said: (frame: Uint8Array, isBinary: boolean) => void;
  /** A ping, or a pong, of so many bytes. */
  readonly controlled: (bytes: number) => void;
  /** It takes what it is told more slowly than it comes; or it has caught up. */
  readonly lagging: (isLagging: boolean) => void;
  /** It should be closed. */
  readonly failed: (failure: SideFailure) => void;
  /** Its connection is over. Nothing happens after it. */
  readonly over: () => void;
}

export type SideFailure = 'gone' | 'silent' | 'stalled' | 'message_too_large' | 'protocol_error';

/** Why this side is not read from at the moment. */
type Hold = 'pace' | 'other_side';

/** One of the two WebSockets of a connection. */
export class Side {
  readonly #socket: WebSocket;
  readonly #limits: SideLimits;
  readonly #events: SideEvents;
  readonly #heartbeat: Heartbeat;
  readonly #holds = new Set<Hold>();
  #failure: SideFailure = 'gone';
  #stalled: NodeJS.Timeout | undefined;

  /** An open socket; one that was paused is read from now on. */
  constructor(socket: WebSocket, limits: SideLimits, events: SideEvents) {
    this.#socket = socket;
    this.#limits = limits;
    this.#events = events;
    this.#heartbeat = new Heartbeat(limits, {
      ping: () => {
        socket.ping();
      },
      isListening: () => this.#holds.size === 0,
      silent: () => {
        events.failed('silent');
      },
    });
    this.#listen();
    socket.resume();
  }

  /** Says it if there is still somebody to say it to. */
  send(frame: Uint8Array): void {
    if (this.#socket.readyState !== WebSocket.OPEN) {
      return;
    }
    this.#socket.send(frame, this.#written);
    if (this.#stalled === undefined && this.#socket.bufferedAmount > this.#limits.maxBufferedBytes) {
      this.#stalled = setTimeout(() => {
        this.#events.failed('stalled');
      }, this.#limits.stalledMs);
      this.#events.lagging(true);
    }
  }

  hold(hold: Hold): void {
    this.#holds.add(hold);
    this.#socket.pause();
  }

  release(hold: Hold): void {
    if (this.#holds.delete(hold) && this.#holds.size === 0) {
      this.#socket.resume();
      this.#heartbeat.heard(); // its pong may have waited to be read
    }
  }

  /** What was said before is sent first. The socket ends by itself when the peer does not agree in time. */
  close(code: number, reason: string): void {
    this.#heartbeat.stop();
    clearTimeout(this.#stalled);
    this.#holds.clear();
    this.#socket.resume(); // or the peer's own close is not seen
    this.#socket.close(code, reason);
  }

  #listen(): void {
    const { said, controlled, failed, over } = this.#events;
    this.#socket.on('message', (data, isBinary) => {
      said(Buffer.isBuffer(data) ? data : new Uint8Array(), isBinary);
    });
    this.#socket.on('ping', (data) => {
      controlled(data.length);
    });
    this.#socket.on('pong', (data) => {
      this.#heartbeat.heard();
      controlled(data.length);
    });
    this.#socket.on('error', (error) => {
      this.#failure = failureOf(error);
    });
    this.#socket.on('close', () => {
      this.#heartbeat.stop();
      clearTimeout(this.#stalled);
      failed(this.#failure);
      over();
    });
  }

  readonly #written = (): void => {
    if (this.#stalled !== undefined && this.#socket.bufferedAmount <= this.#limits.maxBufferedBytes / 2) {
      clearTimeout(this.#stalled);
      this.#stalled = undefined;
      this.#events.lagging(false);
    }
  };
}

/** Errors of the protocol have codes of ws's own; all others are the network's. */
function failureOf(error: Error): SideFailure {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
    return 'message_too_large';
  }
  return code.startsWith('WS_ERR_') ? 'protocol_error' : 'gone';
}
