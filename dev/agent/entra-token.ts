import { ClientSecretCredential } from '@azure/identity';
import { isTransient } from './register.ts';
import { RegistrationRefused, RegistrationUnavailable } from './registration.ts';
import type { Settings } from './settings.ts';

const TIMEOUT_MS = 10_000;

/**
 * Access tokens of whoever the agent is. The credential caches them, so this is asked for every use; a token that was
 * handed over lasts as long as it lasts.
 *
 * Retries are the caller's: the credential's own are off, or an outage would be waited for twice.
 */
export function entraTokens(settings: Settings): () => Promise<string> {
  const { tenantId, credential: own } = settings;
  if ('accessToken' in own) return () => Promise.resolve(own.accessToken);
  const credential = new ClientSecretCredential(tenantId, own.clientId, own.clientSecret, {
    authorityHost: settings.authorityHost,
    disableInstanceDiscovery: true,
    retryOptions: { maxRetries: 0 },
  });
  return async () => {
    try {
      const { token } = await credential.getToken(settings.scope, {
        abortSignal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return token;
    } catch (error) {
      throw classified(error);
    }
  };
}

/** Entra's own refusals carry an AADSTS code and never the secret; everything else may be the network. */
function classified(error: unknown): Error {
  const message = error instanceof Error ? firstLine(error) : String(error);
  const status: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  const refused =
    typeof status === 'number' ? !isTransient(status) : /AADSTS\d+|invalid_client/.test(message);
  return refused
    ? new RegistrationRefused(`Entra refused: ${message}`, { cause: error })
    : new RegistrationUnavailable(`Entra is not reachable: ${message}`, 0, { cause: error });
}

/** Entra's messages go on with trace ids; some failures of the network have a name only. */
function firstLine(error: Error): string {
  const [line = ''] = error.message.split(/\r?\n/);
  return line === '' ? error.name : line;
}
