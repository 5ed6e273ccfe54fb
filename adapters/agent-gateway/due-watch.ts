import type { ConnectedWorkers } from './connected-workers.ts';
import type { GatewayService } from './service.ts';

/** Asks regularly, for all connections at once, which of them have to go. */
export class DueWatch {
  readonly #service: Pick<GatewayService, 'workers' | 'log'>;
  readonly #connected: ConnectedWorkers;
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;

  constructor(service: Pick<GatewayService, 'workers' | 'log'>, connected: ConnectedWorkers) {
    this.#service = service;
    this.#connected = connected;
  }

  start(everyMs: number): void {
    this.#timer = setInterval(() => void this.#ask(), everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #ask(): Promise<void> {
    const relays = this.#connected.all;
    if (this.#isAsking || relays.length === 0) {
      return;
    }
    this.#isAsking = true;
    try {
      const due = await this.#service.workers.due(relays.map(({ worker }) => worker));
      for (const relay of relays) {
        const reason = due.get(relay.worker.connectionId);
        if (reason === 'renewed') {
          relay.renewed();
        } else if (reason !== undefined) {
          relay.close(reason);
        }
      }
    } catch (error) {
      this.#service.log({ event: 'due_unknown', error });
    } finally {
      this.#isAsking = false;
    }
  }
}
