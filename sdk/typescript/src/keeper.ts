import { EventEmitter, once } from 'node:events';
import { NoCredential, RegistrationRefused, RegistrationUnavailable } from './errors.ts';
import type { Registration } from './registration.ts';
import { renewalDelayMs, retryDelayMs } from './schedule.ts';

/** What the keeper needs of the world. */
export interface KeeperParts {
  /** One try. @throws RegistrationRefused | RegistrationUnavailable */
  readonly register: (signal: AbortSignal) => Promise<Registration>;
  /** Milliseconds of a monotonic clock: a wrong time of day changes nothing. */
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** 0 to 1 */
  readonly random: () => number;
  readonly onRetry: (retry: Retry) => void;
}

export interface Retry {
  readonly reason: string;
  readonly attempt: number;
  readonly retryInMs: number;
  /** How long the registration still lasts; undefined before the first. */
  readonly expiresInMs?: number;
}

interface Held {
  readonly registration: Registration;
  readonly expiresAtMs: number;
}

/** Keeps the agent registered: holds the newest registration and renews it in time, or early when its token is not accepted. */
export class Keeper {
  readonly #parts: KeeperParts;
  #held: Held;
  #isRejected = false;
  #wake: () => void = () => undefined;
  readonly #renewed = new EventEmitter();

  private constructor(parts: KeeperParts, held: Held) {
    this.#parts = parts;
    this.#held = held;
  }

  /** The first registration, tried until `timeoutMs` is over. @throws as `register` does */
  static async start(parts: KeeperParts, timeoutMs: number, signal: AbortSignal): Promise<Keeper> {
    const deadlineMs = parts.now() + timeoutMs;
    const held = await persistently(parts, { deadlineMs, isFirst: true }, signal);
    return new Keeper(parts, held);
  }

  get newest(): Registration {
    return this.#held.registration;
  }

  /** The newest one, once its token has neither expired nor been rejected: nobody tries a dead token. Rejects on the signal only. */
  async usable(signal: AbortSignal): Promise<Registration> {
    signal.throwIfAborted();
    while (this.#isRejected || this.#parts.now() >= this.#held.expiresAtMs) {
      this.#wake();
      await once(this.#renewed, 'renewed', { signal });
    }
    return this.newest;
  }

  /** The gateway does not accept its token: registers again at once. @returns whether that is news */
  rejected(registration: Registration): boolean {
    if (this.#isRejected || registration !== this.newest) return false;
    this.#isRejected = true;
    this.#wake();
    return true;
  }

  /**
   * Renews until the signal.
   *
   * @throws RegistrationRefused when Entra or the platform says no, or it is another agent's; RegistrationUnavailable when
   * the registration expired unrenewed
   */
  async run(signal: AbortSignal, onRenewed: (registration: Registration) => void): Promise<never> {
    for (;;) {
      await this.#untilDue(signal);
      const { registration, expiresAtMs } = this.#held;
      const held = await persistently(this.#parts, { deadlineMs: expiresAtMs, isFirst: false }, signal);
      const { agentName } = held.registration;
      if (agentName !== registration.agentName) {
        throw new RegistrationRefused(
          `the renewed registration is for another agent: ${agentName}, not ${registration.agentName}`,
        );
      }
      this.#hold(held);
      onRenewed(held.registration);
    }
  }

  async #untilDue(signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => {
      woken.abort();
    };
    if (this.#isRejected) return;
    const { now, random, sleep } = this.#parts;
    const delayMs = renewalDelayMs(this.#held.registration.lifeMs, random());
    const dueMs = this.#held.expiresAtMs - this.#held.registration.lifeMs + delayMs;
    const either = AbortSignal.any([signal, woken.signal]);
    await sleep(Math.max(0, dueMs - now()), either).catch(() => undefined);
    signal.throwIfAborted();
  }

  #hold(held: Held): void {
    this.#held = held;
    this.#isRejected = false;
    this.#renewed.emit('renewed');
  }
}

/** Tries at least once, and again while what failed may mend; for the last time at the deadline, or at a start across it. */
async function persistently(
  parts: KeeperParts,
  { deadlineMs, isFirst }: { readonly deadlineMs: number; readonly isFirst: boolean },
  signal: AbortSignal,
): Promise<Held> {
  const { now, sleep, random, register, onRetry } = parts;
  for (let attempt = 1; ; attempt += 1) {
    const askedAtMs = now();
    try {
      const registration = await register(signal);
      return { registration, expiresAtMs: askedAtMs + registration.lifeMs };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RegistrationUnavailable)) throw error;
      if (isFirst && error instanceof NoCredential) throw new RegistrationRefused(error.message);
      if ((isFirst ? now() : askedAtMs) >= deadlineMs) throw givenUp(error, isFirst);
      const leftMs = Math.max(0, deadlineMs - now());
      const retryInMs = Math.min(Math.max(error.retryAfterMs, retryDelayMs(attempt, random())), leftMs);
      onRetry({
        reason: error.message,
        attempt,
        retryInMs: Math.round(retryInMs),
        ...(isFirst ? {} : { expiresInMs: Math.round(leftMs) }),
      });
      await sleep(retryInMs, signal);
    }
  }
}

function givenUp({ message }: Error, isFirst: boolean): RegistrationUnavailable {
  return new RegistrationUnavailable(
    isFirst
      ? `not registered in time: ${message}`
      : `the registration expired and was not renewed: ${message}`,
  );
}
