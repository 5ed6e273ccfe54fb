import type { EventEmitter } from 'node:events';
import { firstLine } from './redacted.ts';

/** A WebSocket of `ws`, as far as it is needed here. */
export interface Socket extends EventEmitter {
  readonly url: string;
  readonly readyState: number;
  ping(): void;
  close(code: number): void;
  terminate(): void;
}

/** Times in ms. */
export interface SocketLimits {
  /** From the first byte to the worker's registration: the gateway itself waits for LiveKit in between. */
  readonly registrationMs: number;
  /** Between pings; no sign of life from one to the next is an end. */
  readonly pingMs: number;
  /** For the gateway to agree to a close. */
  readonly closeMs: number;
  readonly messageBytes: number;
}

export const SOCKET_LIMITS: SocketLimits = {
  registrationMs: 20_000,
  pingMs: 30_000,
  closeMs: 2_000,
  messageBytes: 1_048_576,
};

type MessageListener = (data: unknown, isBinary: boolean) => void;

const OPEN = 1;
const PROTOCOL_ERROR = 1002;
const INVALID_DATA = 1007;
const TOO_BIG = 1009;

/**
 * One connection of the worker, held to what upstream takes for granted: that the gateway answers, stays there, and sends
 * what can be read. Where it does not, this connection ends, and nothing else.
 */
export class GatewaySocket {
  readonly #socket: Socket;
  readonly #limits: SocketLimits;
  readonly #onSpoilt: (why: string) => void;
  readonly #timers: NodeJS.Timeout[] = [];
  #isOver = false;
  #isHeard = false;

  /** @param onSpoilt - hears why this side ends the connection */
  constructor(socket: Socket, limits: SocketLimits, onSpoilt: (why: string) => void) {
    this.#socket = socket;
    this.#limits = limits;
    this.#onSpoilt = onSpoilt;
    boundMessages(socket, limits.messageBytes);
    const { registrationMs } = limits;
    const registration = this.#after(registrationMs, () => {
      this.#giveUp(`the gateway did not register the worker within ${registrationMs / 1000} s`);
    });
    socket.once('message', () => {
      clearTimeout(registration);
    });
    socket.once('open', () => {
      this.#keepAsking();
      // Before that it is why there is no connection, which upstream says.
      socket.on('error', (error: Error) => {
        const isTooBig = Reflect.get(error, 'code') === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
        this.#close(isTooBig ? TOO_BIG : PROTOCOL_ERROR, firstLine(error));
      });
    });
    socket.once('close', () => {
      this.#isOver = true;
      this.#timers.forEach(clearTimeout);
    });
  }

  /** The listener, which hears only what can be read, and may throw. */
  guarded(listener: MessageListener): MessageListener {
    return (data, isBinary) => {
      if (this.#isOver) return;
      this.#isHeard = true;
      if (!isBinary) {
        this.#close(PROTOCOL_ERROR, 'a text frame');
        return;
      }
      try {
        Reflect.apply(listener, this.#socket, [data, isBinary]);
      } catch (error) {
        this.#close(INVALID_DATA, `a message that cannot be read: ${firstLine(error)}`);
      }
    };
  }

  #keepAsking(): void {
    const hear = (): void => {
      this.#isHeard = true;
    };
    this.#socket.on('pong', hear);
    this.#socket.on('ping', hear);
    hear();
    const { pingMs } = this.#limits;
    const judge = (): void => {
      if (!this.#isHeard) this.#giveUp(`the gateway was silent for ${pingMs / 1000} s`);
      this.#isHeard = false;
      if (this.#socket.readyState === OPEN) this.#socket.ping();
    };
    // An answer that waits to be read, since this process was busy, is read before it is judged.
    this.#timers.push(setInterval(() => setImmediate(judge), pingMs));
  }

  #close(code: number, why: string): void {
    this.#end(`closed with ${code} ${why}`);
    if (this.#socket.readyState === OPEN) this.#socket.close(code);
    this.#after(this.#limits.closeMs, () => {
      this.#socket.terminate();
    });
  }

  #giveUp(why: string): void {
    this.#end(why);
    this.#socket.terminate();
  }

  #end(why: string): void {
    if (!this.#isOver) this.#onSpoilt(why);
    this.#isOver = true;
  }

  #after(ms: number, work: () => void): NodeJS.Timeout {
    const timer = setTimeout(work, ms);
    this.#timers.push(timer);
    return timer;
  }
}

/** `ws` takes the bound as an option, of which upstream gives none, and hands it over here. */
function boundMessages(socket: Socket, maxPayload: number): void {
  const setSocket: unknown = Reflect.get(socket, 'setSocket');
  if (typeof setSocket !== 'function') return;
  Reflect.set(socket, 'setSocket', (raw: unknown, head: unknown, options: object) => {
    Reflect.apply(setSocket, socket, [raw, head, { ...options, maxPayload }]);
  });
}
