import { setTimeout } from 'node:timers/promises';
import { log } from './event-line.ts';
import { RegistrationRefused, RegistrationUnavailable, type Registration } from './registration.ts';
import { renewalDelayMs, retryDelayMs } from './renewal-schedule.ts';

/** How long a start waits for a platform that is not up yet. */
const START_PATIENCE_MS = 60_000;
const EXPIRED_POLL_MS = 200;

/** Keeps the agent registered: holds the newest registration and renews it in time. */
export class RegistrationKeeper {
  readonly #register: () => Promise<Registration>;
  #newest: Registration;

  private constructor(register: () => Promise<Registration>, first: Registration) {
    this.#register = register;
    this.#newest = first;
  }

  /** The first registration. @throws RegistrationRefused, or RegistrationUnavailable when patience ends */
  static async start(register: () => Promise<Registration>): Promise<RegistrationKeeper> {
    const first = await persistently(register, new Date(Date.now() + START_PATIENCE_MS));
    return new RegistrationKeeper(register, first);
  }

  get newest(): Registration {
    return this.#newest;
  }

  /** The newest token that has not expired: waits for the renewal rather than handing out a dead one. Never rejects. */
  async currentToken(): Promise<string> {
    while (this.#newest.expiresAt.getTime() <= Date.now()) await setTimeout(EXPIRED_POLL_MS);
    return this.#newest.token;
  }

  /**
   * Renews for ever.
   *
   * @throws RegistrationRefused when LKPS or Entra says no; RegistrationUnavailable when the registration expired unrenewed
   */
  async run(onRenewed: (registration: Registration) => void): Promise<never> {
    for (;;) {
      const { expiresAt, agentName, livekitUrl } = this.#newest;
      await setTimeout(renewalDelayMs(expiresAt.getTime() - Date.now(), Math.random()));
      const renewed = await persistently(this.#register, expiresAt);
      if (renewed.agentName !== agentName || renewed.livekitUrl !== livekitUrl) {
        throw new RegistrationRefused('the renewed registration is for another agent or another LiveKit');
      }
      this.#newest = renewed;
      onRenewed(renewed);
    }
  }
}

/** Tries at least once, and again while what failed may mend; for the last time at the deadline. */
async function persistently(register: () => Promise<Registration>, deadline: Date): Promise<Registration> {
  for (let attempt = 1; ; attempt += 1) {
    const lastTry = Date.now() >= deadline.getTime();
    try {
      return await register();
    } catch (error) {
      if (!(error instanceof RegistrationUnavailable)) throw error;
      if (lastTry) throw new RegistrationUnavailable(`given up: ${error.message}`, 0, { cause: error });
      const wantedMs = Math.max(error.retryAfterMs, retryDelayMs(attempt, Math.random()));
      const delayMs = Math.min(wantedMs, Math.max(0, deadline.getTime() - Date.now()));
      log('warn', error.message, { attempt, retry_in_ms: Math.round(delayMs) });
      await setTimeout(delayMs);
    }
  }
}
