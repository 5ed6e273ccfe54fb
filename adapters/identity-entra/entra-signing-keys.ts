import type { CryptoKey } from 'jose';
import { LkpsError, type Clock, type EntraTrust } from '../../core/index.ts';
import { fetchKeySet, type FetchKeys, type KeySet } from './fetch-key-set.ts';

export interface EntraSigningKeysOptions extends Pick<EntraTrust, 'authority' | 'tenantId'> {
  readonly clock: Clock;
  readonly fetch?: FetchKeys;
  /** How young the known keys must be for a token by another one to be wrong without a look. */
  readonly cooldownMs?: number;
}

/** Entra announces a key long before it signs with it: so old, the known ones are looked at again beside the request. */
const FRESH_MS = 10 * 60_000;
/** While Entra cannot be asked, a key it may have withdrawn is believed so long. */
const MAX_AGE_MS = 60 * 60_000;
const COOLDOWN_MS = 10_000;
/** After a failure nobody asks again for so long. */
const BACKOFF_MS = 5_000;

/**
 * The keys Entra signs a tenant's tokens with. Whatever tokens come in, Entra is asked once at a time, once per cooldown
 * for a key that is not known, and once per backoff while it does not answer.
 */
export class EntraSigningKeys {
  readonly #tenant: Pick<EntraTrust, 'authority' | 'tenantId'>;
  readonly #clock: Clock;
  readonly #fetch: FetchKeys;
  readonly #cooldownMs: number;
  #known: { readonly keys: KeySet; readonly atMs: number } | undefined;
  #failed: { readonly cause: unknown; readonly atMs: number } | undefined;
  #refreshing: Promise<void> | undefined;

  constructor({ authority, tenantId, clock, fetch, cooldownMs }: EntraSigningKeysOptions) {
    this.#tenant = { authority, tenantId };
    this.#clock = clock;
    this.#fetch = fetch ?? ((url, init) => globalThis.fetch(url, init));
    this.#cooldownMs = cooldownMs ?? COOLDOWN_MS;
  }

  /**
   * The key of that id; undefined when Entra has none.
   *
   * @throws LkpsError `authorization_unavailable` when Entra would have to be asked, and does not answer.
   */
  async find(kid: string): Promise<CryptoKey | undefined> {
    const known = this.#knownWithin(MAX_AGE_MS)?.get(kid);
    if (known !== undefined) {
      if (this.#knownWithin(FRESH_MS) === undefined) {
        this.#refresh().catch(() => undefined); // known is good enough until it is too old
      }
      return known;
    }
    if (this.#knownWithin(this.#cooldownMs) !== undefined) {
      return undefined;
    }
    await this.#refresh();
    return this.#known?.keys.get(kid);
  }

  #knownWithin(ageMs: number): KeySet | undefined {
    return this.#known !== undefined && this.#ageOf(this.#known) < ageMs ? this.#known.keys : undefined;
  }

  #ageOf({ atMs }: { readonly atMs: number }): number {
    return Math.abs(this.#clock.now().getTime() - atMs); // a clock set back makes nothing young
  }

  async #refresh(): Promise<void> {
    if (this.#failed !== undefined && this.#ageOf(this.#failed) < BACKOFF_MS) {
      throw unavailable(this.#failed.cause);
    }
    this.#refreshing ??= this.#ask().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  async #ask(): Promise<void> {
    const atMs = this.#clock.now().getTime(); // as old as the question, not as the answer
    try {
      this.#known = { keys: await fetchKeySet(this.#tenant, this.#fetch), atMs };
      this.#failed = undefined;
    } catch (cause) {
      this.#failed = { cause, atMs: this.#clock.now().getTime() };
      throw unavailable(cause);
    }
  }
}

function unavailable(cause: unknown): LkpsError {
  return new LkpsError('authorization_unavailable', 'the signing keys of Entra cannot be had', { cause });
}
