import {
  LkpsError,
  type AgentName,
  type ConnectionId,
  type TokenId,
  type WorkerPass,
} from '../../core/index.ts';
import type { WorkerRelay } from './worker-relay.ts';

interface Bounds {
  readonly maxWorkers: number;
  readonly maxAgentWorkers: number;
}

/** Long enough for a connection to end. */
const RETRY_AFTER_MS = 5_000;

/** The workers of this gateway, and how many there may be. */
export class ConnectedWorkers {
  readonly #bounds: Bounds;
  readonly #relays = new Map<ConnectionId, WorkerRelay>();
  readonly #ofToken = new Map<TokenId, WorkerRelay>();
  readonly #seats = new Map<AgentName, number>();
  readonly #ending = new Set<Promise<void>>();
  #taken = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  get all(): readonly WorkerRelay[] {
    return [...this.#relays.values()];
  }

  /**
   * A seat for a connection that is to be opened; the answer gives it back. One that takes the place of another counts
   * once.
   *
   * @throws LkpsError `rate_limited`, `overloaded`.
   */
  takeSeat({ agent, tokenId }: WorkerPass): () => void {
    const { maxWorkers, maxAgentWorkers } = this.#bounds;
    const replaced = this.#ofToken.has(tokenId) ? 1 : 0;
    const ofAgent = this.#seats.get(agent) ?? 0;
    if (ofAgent - replaced >= maxAgentWorkers) {
      throw new LkpsError('rate_limited', `an agent may have ${maxAgentWorkers} workers connected`, {
        retryAfterMs: RETRY_AFTER_MS,
      });
    }
    if (this.#taken - replaced >= maxWorkers) {
      throw new LkpsError('overloaded', `${maxWorkers} workers are connected`, {
        retryAfterMs: RETRY_AFTER_MS,
      });
    }
    this.#count(agent, 1);
    return once(() => {
      this.#count(agent, -1);
    });
  }

  /** Ends the connection of the same token that was here before. */
  add(relay: WorkerRelay): void {
    const { connectionId, pass } = relay.worker;
    this.#ofToken.get(pass.tokenId)?.close('replaced');
    this.#ofToken.set(pass.tokenId, relay);
    this.#relays.set(connectionId, relay);
    this.#ending.add(relay.over);
    void relay.over.then(() => this.#ending.delete(relay.over));
  }

  /** Resolves when each connection so far is closed and on record. */
  async over(): Promise<void> {
    await Promise.all(this.#ending);
  }

  /** It begins to close. */
  delete(relay: WorkerRelay): void {
    const { connectionId, pass } = relay.worker;
    this.#relays.delete(connectionId);
    if (this.#ofToken.get(pass.tokenId) === relay) {
      this.#ofToken.delete(pass.tokenId);
    }
  }

  #count(agent: AgentName, change: 1 | -1): void {
    const seats = (this.#seats.get(agent) ?? 0) + change;
    this.#taken += change;
    if (seats === 0) {
      this.#seats.delete(agent);
    } else {
      this.#seats.set(agent, seats);
    }
  }
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) {
      isDone = true;
      act();
    }
  };
}
