import { once } from 'node:events';
import type { TokenCredential } from '@azure/identity';
import { entraFailure } from './entra-failure.ts';
import { EntraHearing } from './entra-hearing.ts';
import { RegistrationUnavailable, SettingsError } from './errors.ts';
import { firstLine } from './redacted.ts';
import type { Environment, Settings } from './settings.ts';

const TIMEOUT_MS = 30_000;

/**
 * Access tokens of whoever the agent is.
 *
 * A new credential for every use: one that is kept answers from its cache for an hour and more, also when the application
 * was disabled or its secret ran out meanwhile. Its own retries are off, or an outage would be waited for twice.
 */
export class EntraTokens {
  readonly #settings: Settings;
  readonly #env: Environment;
  readonly #given: TokenCredential | undefined;
  readonly #timeoutMs: number;

  constructor(settings: Settings, env: Environment, given?: TokenCredential, timeoutMs = TIMEOUT_MS) {
    this.#settings = settings;
    this.#env = env;
    this.#given = given;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws RegistrationRefused | RegistrationUnavailable | SettingsError, or the signal's reason */
  async get(signal: AbortSignal): Promise<string> {
    const hearing = new EntraHearing();
    const credential = this.#given ?? (await createCredential(this.#settings, this.#env, hearing));
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const abortSignal = AbortSignal.any([signal, timeout]);
    try {
      const asked = credential.getToken(this.#settings.scope, { abortSignal });
      // Some credentials run a program and heed no signal.
      const token = tokenIn(await Promise.race([asked, rejectedOn(abortSignal)]));
      if (token !== undefined) return token;
    } catch (error) {
      signal.throwIfAborted();
      if (timeout.aborted) {
        throw new RegistrationUnavailable(
          `Entra is not reachable: no answer within ${this.#timeoutMs / 1000} s`,
        );
      }
      const secrets = [this.#env['AZURE_CLIENT_SECRET'] ?? ''];
      throw entraFailure(error, { credential: this.#settings.credential, secrets, heard: hearing.newest });
    }
    if (this.#given !== undefined) {
      throw new RegistrationUnavailable('the credential given to Worker gave no token');
    }
    const reason = hearing.newest?.reason ?? 'the credential gave no token';
    throw new RegistrationUnavailable(`Entra is not reachable: ${reason}`);
  }
}

/** A program's own credential may give anything, and so may somebody who answers in Entra's place. */
function tokenIn(answer: unknown): string | undefined {
  const token: unknown =
    typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'token') : undefined;
  return typeof token === 'string' && token !== '' ? token : undefined;
}

async function createCredential(
  settings: Settings,
  env: Environment,
  hearing: EntraHearing,
): Promise<TokenCredential> {
  // Not loaded in job processes, nor where the program brings a credential of its own.
  const { ClientSecretCredential, DefaultAzureCredential } = await import('@azure/identity');
  const [tenant = '', client = '', secret = ''] = [
    'AZURE_TENANT_ID',
    'AZURE_CLIENT_ID',
    'AZURE_CLIENT_SECRET',
  ].map((name) => env[name] ?? '');
  const { authority } = settings;
  const options = {
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [hearing.policy([secret])],
    ...(authority === undefined ? {} : { authorityHost: authority, disableInstanceDiscovery: true }),
  };
  try {
    return settings.credential === 'client_secret'
      ? new ClientSecretCredential(tenant, client, secret, options)
      : new DefaultAzureCredential(options);
  } catch (error) {
    throw new SettingsError([`no credential can be made of AZURE_*: ${firstLine(error, [secret])}`]);
  }
}

async function rejectedOn(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
}
