import type { Clock, HealthProbe } from '../../core/index.ts';
import { epochSeconds, signJwt } from './sign-jwt.ts';
import type { LiveKitKey } from './signing-keys.ts';

const TIMEOUT_MS = 2000;
const TOKEN_SECONDS = 60;

/**
 * {@link HealthProbe} of LiveKit: `GET /` with a Bearer token checks the credentials too, and costs about a millisecond.
 * The token grants nothing.
 */
export class LiveKitProbe implements HealthProbe {
  readonly #url: string;
  readonly #key: LiveKitKey;
  readonly #clock: Clock;

  constructor({
    url,
    key,
    clock,
  }: {
    readonly url: string;
    readonly key: LiveKitKey;
    readonly clock: Clock;
  }) {
    this.#url = url;
    this.#key = key;
    this.#clock = clock;
  }

  async isHealthy(): Promise<boolean> {
    try {
      const token = await signJwt(this.#key, { exp: epochSeconds(this.#clock.now()) + TOKEN_SECONDS });
      const response = await fetch(this.#url, {
        headers: { authorization: `Bearer ${token}` },
        redirect: 'error', // somewhere else, perhaps without the credentials, a 200 proves nothing
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.arrayBuffer();
      return response.status === 200;
    } catch {
      return false;
    }
  }
}
