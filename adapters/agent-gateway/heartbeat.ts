export interface HeartbeatLimits {
  readonly pingMs: number;
  readonly pongMs: number;
}

export interface HeartbeatEvents {
  readonly ping: () => void;
  /** Whether the peer is being read: a pong that nobody reads is not missing. */
  readonly isListening: () => boolean;
  readonly silent: () => void;
}

/** Finds out that a peer is gone which did not say so. One timer at a time. */
export class Heartbeat {
  readonly #limits: HeartbeatLimits;
  readonly #events: HeartbeatEvents;
  #timer: NodeJS.Timeout;
  #isStopped = false;

  constructor(limits: HeartbeatLimits, events: HeartbeatEvents) {
    this.#limits = limits;
    this.#events = events;
    this.#timer = setTimeout(this.#ask, limits.pingMs);
  }

  /** The peer showed that it is there. */
  heard(): void {
    clearTimeout(this.#timer);
    if (!this.#isStopped) {
      this.#timer = setTimeout(this.#ask, this.#limits.pingMs);
    }
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  readonly #ask = (): void => {
    this.#timer = setTimeout(this.#judge, this.#limits.pongMs);
    this.#events.ping();
  };

  readonly #judge = (): void => {
    if (this.#events.isListening()) {
      this.#events.silent();
    } else {
      this.#timer = setTimeout(this.#judge, this.#limits.pongMs);
    }
  };
}
