import { createRequire } from 'node:module';
import type { Loss } from './connection.ts';
import { GatewaySocket, SOCKET_LIMITS, type Socket, type SocketLimits } from './gateway-socket.ts';

type Listener = (...args: readonly unknown[]) => unknown;

/**
 * Takes care of the worker's connections, each as a {@link GatewaySocket}.
 *
 * Upstream makes them in a closure (worker.ts, `workerWS`), out of a subclass's reach, and listens to each right away: the
 * method it listens with is shared, so this stands in for it. Sockets that go elsewhere are left alone.
 */
export class GatewaySockets {
  readonly #isGateway: (url: string) => boolean;
  readonly #limits: SocketLimits;
  #why: string | undefined;

  /** @param isGateway - of the address of any WebSocket of this process */
  constructor(isGateway: (url: string) => boolean, limits: SocketLimits = SOCKET_LIMITS) {
    this.#isGateway = isGateway;
    this.#limits = limits;
  }

  /** From now on. @returns puts back what was there */
  watch(): () => void {
    const { prototype, on } = webSocketOfUpstream();
    const taken = new WeakMap<Socket, GatewaySocket | 'in making'>();
    const isOurs = (socket: Socket): boolean => taken.has(socket) || this.#isGateway(socket.url);
    const take = (socket: Socket): GatewaySocket => {
      this.#why = undefined;
      taken.set(socket, 'in making'); // It listens to the socket itself.
      const made = new GatewaySocket(socket, this.#limits, (why) => {
        this.#why = why;
      });
      taken.set(socket, made);
      return made;
    };
    Reflect.set(prototype, 'on', function (this: Socket, event: string, listener: Listener): unknown {
      if (!isOurs(this)) return Reflect.apply(on, this, [event, listener]);
      const socket = taken.get(this) ?? take(this);
      const heard = event === 'message' && socket !== 'in making' ? socket.guarded(listener) : listener;
      return Reflect.apply(on, this, [event, heard]);
    });
    return () => {
      Reflect.set(prototype, 'on', on);
    };
  }

  /** Why the connection is over, where it was this side that ended it. */
  explained(loss: Loss): Loss {
    const reason = this.#why;
    this.#why = undefined;
    return reason === undefined ? loss : { kind: 'lost', reason };
  }
}

function webSocketOfUpstream(): { readonly prototype: object; readonly on: Listener } {
  const upstream = createRequire(createRequire(import.meta.url).resolve('@livekit/agents'));
  const WebSocket: unknown = upstream('ws');
  const prototype: unknown = typeof WebSocket === 'function' ? WebSocket.prototype : undefined;
  const on: unknown =
    typeof prototype === 'object' && prototype !== null ? Reflect.get(prototype, 'on') : undefined;
  if (typeof on !== 'function') throw new TypeError('ws is not a class of event emitters any more');
  return { prototype: prototype as object, on: on as Listener };
}
