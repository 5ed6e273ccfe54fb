import type { AgentName, ConnectionId, WorkerRegistry } from '../../core/index.ts';
import type { GatewayLog, GatewaySite } from './service.ts';

export interface PresencePorts {
  readonly workers: Pick<WorkerRegistry, 'announce'>;
  readonly site: Pick<GatewaySite, 'gatewayId'>;
  readonly log: GatewayLog;
}

const RETRY_MS = 1_000;
/** A worker that is full and free by turns must not keep the registry busy. */
const REST_MS = 100;
const LAST_TRIES = 2;

/**
 * Announces which agents have a worker here that takes jobs: a change of them at once, and all of them again before the
 * announcement is no longer believed. One call at a time, which says how things are when it is made.
 */
export class Presence {
  readonly #ports: PresencePorts;
  readonly #available = new Map<AgentName, Set<ConnectionId>>();
  #timer: NodeJS.Timeout | undefined;
  #announcing: Promise<void> | undefined;
  #isStale = false;
  #restUntilMs = 0;
  #triesLeft = Infinity;

  constructor(ports: PresencePorts) {
    this.#ports = ports;
  }

  start(everyMs: number): void {
    this.#timer = setInterval(() => void this.#announce(), everyMs);
  }

  set(agent: AgentName, connection: ConnectionId, isAvailable: boolean): void {
    const known = this.#available.get(agent);
    const workers = known ?? new Set();
    if (isAvailable && this.#triesLeft === Infinity) {
      workers.add(connection);
    } else {
      workers.delete(connection);
    }
    const isOnline = workers.size > 0;
    if (isOnline === (known !== undefined)) {
      return;
    }
    if (isOnline) {
      this.#available.set(agent, workers);
    } else {
      this.#available.delete(agent);
    }
    void this.#announce();
  }

  /** Resolves once what was set is announced. Never rejects; while the registry fails it does not resolve. */
  announced(): Promise<void> {
    return this.#announcing ?? Promise.resolve();
  }

  /** Announces that nobody is here, now and for good, as well as it can. */
  stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#available.clear();
    this.#triesLeft = LAST_TRIES;
    return this.#announce();
  }

  #announce(): Promise<void> {
    this.#isStale = true;
    this.#announcing ??= this.#announceWhileStale().finally(() => {
      this.#announcing = undefined;
    });
    return this.#announcing;
  }

  async #announceWhileStale(): Promise<void> {
    const { workers, site, log } = this.#ports;
    while (this.#isStale && this.#triesLeft > 0) {
      await this.#rest();
      this.#isStale = false;
      try {
        await workers.announce(site.gatewayId, [...this.#available.keys()]);
        this.#restUntilMs = performance.now() + REST_MS;
      } catch (error) {
        log({ event: 'presence_not_announced', error });
        this.#isStale = true;
        this.#triesLeft -= 1;
        this.#restUntilMs = performance.now() + RETRY_MS;
      }
    }
  }

  async #rest(): Promise<void> {
    const restMs = this.#restUntilMs - performance.now();
    if (restMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, restMs));
    }
  }
}
