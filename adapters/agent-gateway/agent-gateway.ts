import { once } from 'node:events';
import { atMost } from './at-most.ts';
import { ConnectedWorkers } from './connected-workers.ts';
import { DueWatch } from './due-watch.ts';
import { Entrance } from './entrance.ts';
import { GATEWAY_LIMITS, type GatewayLimits } from './gateway-limits.ts';
import { Handshake } from './handshake.ts';
import { Presence } from './presence.ts';
import type { GatewayService } from './service.ts';

/** For what is closed to be on record. */
const RECORD_MS = 3_000;

/**
 * What stands between workers and LiveKit: a server of its own, whose one path is `/agent`. It ends each worker's
 * connection, and speaks to LiveKit in its place.
 */
export class AgentGateway {
  readonly #limits: GatewayLimits;
  readonly #presence: Presence;
  readonly #connected: ConnectedWorkers;
  readonly #due: DueWatch;
  readonly #handshake: Handshake;
  readonly #entrance: Entrance;
  #stopping: Promise<void> | undefined;

  constructor(service: GatewayService, limits: Partial<GatewayLimits> = {}) {
    this.#limits = { ...GATEWAY_LIMITS, ...limits };
    const { maxAgentWorkers } = service.site;
    this.#presence = new Presence(service);
    this.#connected = new ConnectedWorkers({ maxWorkers: this.#limits.maxWorkers, maxAgentWorkers });
    this.#due = new DueWatch(service, this.#connected);
    const parts = { service, limits: this.#limits, presence: this.#presence };
    this.#handshake = new Handshake(parts, this.#connected);
    this.#entrance = new Entrance(service, this.#limits, this.#handshake);
  }

  /** Rejects with what the operating system says where it cannot listen. Port 0 is a free one. */
  async listen(port: number, host: string): Promise<void> {
    this.#entrance.server.listen({ port, host });
    await once(this.#entrance.server, 'listening');
    this.#presence.start(this.#limits.announceMs);
    this.#due.start(this.#limits.dueMs);
  }

  /** Undefined where it does not listen. */
  get port(): number | undefined {
    const address = this.#entrance.server.address();
    return typeof address === 'object' ? address?.port : undefined;
  }

  /**
   * No worker is let in and none is announced any more; those that are here take no further job, and are closed when
   * what is open is settled. Jobs that run go on: their workers come back, to another gateway. Idempotent.
   */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#drain());
  }

  async #drain(): Promise<void> {
    const { lingerMs, drainMs, closeMs } = this.#limits;
    const refused = this.#handshake.stop();
    const unannounced = this.#presence.stop();
    for (const relay of this.#connected.all) {
      void relay.plan('gateway_stopping');
    }
    await atMost(2 * lingerMs + drainMs, Promise.all([refused, unannounced, this.#connected.over()]));
    for (const relay of this.#connected.all) {
      relay.close('gateway_stopping');
    }
    await atMost(closeMs + RECORD_MS, this.#connected.over());
    this.#due.stop();
    await this.#entrance.close();
  }
}
