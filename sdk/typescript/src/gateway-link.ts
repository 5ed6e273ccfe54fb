import { setTimeout as delay } from 'node:timers/promises';
import { ReconnectPace, type Loss } from './connection.ts';
import type { Events } from './events.ts';
import type { Keeper } from './keeper.ts';
import { tellConnected, tellLoss } from './narrate.ts';
import type { Registration } from './registration.ts';

/** The worker's connection to the gateway, as far as the SDK has a say in it: with which token, and when again. */
export class GatewayLink {
  readonly #keeper: Keeper;
  readonly #events: Events;
  readonly #pace = new ReconnectPace({ now: () => performance.now(), random: () => Math.random() });
  readonly #over = new AbortController();
  #used: Registration | undefined;

  constructor(keeper: Keeper, events: Events) {
    this.#keeper = keeper;
    this.#events = events;
  }

  /** For the next connection. Rejects once the link is over, and never before. */
  async token(): Promise<string> {
    this.#used = await this.#keeper.usable(this.#over.signal);
    return this.#used.revealToken();
  }

  connected(workerId: string): void {
    this.#pace.connected();
    tellConnected(this.#keeper.newest, workerId, this.#events);
  }

  /** Resolves when the next attempt is due. */
  async lost(loss: Loss): Promise<void> {
    const isRenewing =
      loss.kind === 'refused' && this.#used !== undefined && this.#keeper.rejected(this.#used);
    const retryInMs = tellLoss(loss, this.#pace, isRenewing);
    await delay(retryInMs, undefined, { signal: this.#over.signal }).catch(() => undefined);
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** No token and no pause any more. */
  end(): void {
    this.#over.abort();
  }
}
