import type { ClientId } from '../../core/index.ts';
import { Admission } from './admission.ts';

/**
 * What one client may have in work of all that is in flight, its users included: half, so that it alone never keeps the
 * others out. A client is known here only while work of its own is in flight.
 */
export class ClientShares {
  readonly #max: number;
  readonly #shares = new Map<ClientId, Admission>();

  constructor(maxInFlight: number) {
    this.#max = Math.max(1, Math.floor(maxInFlight / 2));
  }

  /** How many clients have work in flight. */
  get size(): number {
    return this.#shares.size;
  }

  /** @throws LkpsError `overloaded`, without having begun the work. */
  async admit<T>(client: ClientId, work: () => Promise<T>): Promise<T> {
    const share =
      this.#shares.get(client) ??
      new Admission(this.#max, `client ${client} has ${this.#max} requests in flight`);
    this.#shares.set(client, share);
    try {
      return await share.admit(work);
    } finally {
      // another share may have come in its place by now
      if (share.isIdle && this.#shares.get(client) === share) {
        this.#shares.delete(client);
      }
    }
  }
}
