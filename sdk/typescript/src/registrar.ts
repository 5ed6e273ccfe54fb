import type { TokenCredential } from '@azure/identity';
import { EntraTokens } from './credential.ts';
import type { Events } from './events.ts';
import { register } from './register.ts';
import type { Registration } from './registration.ts';
import type { Settings } from './settings.ts';

/** Entra's token, then the platform's registration: one try. Says what the first of each took. */
export class Registrar {
  readonly #settings: Settings;
  readonly #tokens: EntraTokens;
  readonly #events: Events;
  #tookMs = 0;

  constructor(settings: Settings, credential: TokenCredential | undefined, events: Events) {
    this.#settings = settings;
    this.#tokens = new EntraTokens(settings, process.env, credential);
    this.#events = events;
  }

  /** What the platform took for the newest answer. */
  get tookMs(): number {
    return this.#tookMs;
  }

  /** @throws RegistrationRefused | RegistrationUnavailable | SettingsError, or the signal's reason */
  async register(signal: AbortSignal): Promise<Registration> {
    const askedAt = performance.now();
    const accessToken = await this.#tokens.get(signal);
    const gotAt = performance.now();
    this.#events.emit('accessToken', { ms: Math.round(gotAt - askedAt) });
    const registration = await register(this.#settings, accessToken, signal);
    this.#tookMs = Math.round(performance.now() - gotAt);
    return registration;
  }
}
