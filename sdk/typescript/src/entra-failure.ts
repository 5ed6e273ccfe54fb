import type { HeardFailure } from './entra-hearing.ts';
import { NoCredential, RegistrationRefused, RegistrationUnavailable } from './errors.ts';
import { firstLine, quoted } from './redacted.ts';
import type { Settings } from './settings.ts';

const NOTHING_FOUND =
  'no credential was found: set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run `az login`';
const UNAVAILABLE: ReadonlySet<string> = new Set([
  'CredentialUnavailableError',
  'AggregateAuthenticationError',
]);
/** What `@azure/identity` says, and no more, where there is a credential and no Entra to show it to. */
const NO_ENTRA = 'endpoints_resolution_error';
/** To the end of the first time in it, else of its line: what a library writes behind that is its own. */
const WORDS = /AADSTS\d+(?:[^\r\n]*?Timestamp: \S+ \S+|[^\r\n]*)/;

/** What was asked: by which credential, and what was heard on the way to Entra. */
export interface Asked {
  readonly credential: Settings['credential'];
  readonly secrets?: readonly string[];
  readonly heard?: HeardFailure | undefined;
}

/**
 * What a credential's failure means. Entra's own refusals carry an AADSTS code; everything else may be the network.
 * The cause is left out: it may hold the request.
 */
export function entraFailure(
  error: unknown,
  { credential, secrets = [], heard }: Asked,
): RegistrationRefused | RegistrationUnavailable {
  const message = error instanceof Error ? error.message : '';
  const said = WORDS.exec(message)?.[0] ?? WORDS.exec(heard?.said ?? '')?.[0];
  const ownStatus = statusOf(error);
  const status = ownStatus ?? heard?.status;
  const isBusy = status !== undefined && (status >= 500 || status === 408 || status === 429);
  const line = said === undefined ? firstLine(error, secrets) : quoted(said, secrets);
  const isUnavailable = error instanceof Error && UNAVAILABLE.has(error.name);
  if (isUnavailable && said === undefined && credential !== 'client_secret' && !message.includes(NO_ENTRA)) {
    return new NoCredential(NOTHING_FOUND);
  }
  const isRefusal = said !== undefined || (!isUnavailable && status !== undefined && status >= 400);
  if (isRefusal && !isBusy) return new RegistrationRefused(`Entra refuses: ${line}`);
  const isOwnLine = said !== undefined || ownStatus !== undefined;
  return new RegistrationUnavailable(`Entra is not reachable: ${isOwnLine ? line : (heard?.reason ?? line)}`);
}

function statusOf(error: unknown): number | undefined {
  const status: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  return typeof status === 'number' ? status : undefined;
}
