import type { HeardFailure } from './entra-hearing.ts';
import { NoCredential, RegistrationRefused, RegistrationUnavailable } from './errors.ts';
import { firstLine, messageOf, quoted } from './redacted.ts';
import type { Settings } from './settings.ts';

const NOTHING_FOUND =
  'no credential was found: set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run `az login`';
const UNAVAILABLE: ReadonlySet<string> = new Set([
  'CredentialUnavailableError',
  'AggregateAuthenticationError',
]);
/** What asking again cannot mend: of OAuth's errors (RFC 6749, 4.1.2.1 and 5.2), and Entra's `invalid_resource`. */
export const REFUSALS: ReadonlySet<string> = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'access_denied',
  'invalid_resource',
]);
/** What `@azure/identity` says, and no more, where there is a credential and no Entra to show it to. */
const NO_ENTRA = 'endpoints_resolution_error';
/** To the end of the first time in it, else of its line: what a library writes behind that is its own. */
const WORDS = /AADSTS\d+(?:[^\r\n]*?Timestamp: [0-9-]+ [0-9:.]+Z|[^\r\n]*)/;

/** What was asked: by which credential, and what was heard on the way to Entra. */
export interface Asked {
  readonly credential: Settings['credential'];
  readonly secrets?: readonly string[];
  readonly heard?: HeardFailure | undefined;
}

/**
 * What a credential's failure means. Entra's own refusals carry an AADSTS code or an error of OAuth; everything else may be
 * the network, or somebody on it. The cause is left out: it may hold the request.
 */
export function entraFailure(
  error: unknown,
  { credential, secrets = [], heard }: Asked,
): RegistrationRefused | RegistrationUnavailable {
  const message = messageOf(error);
  const said = WORDS.exec(heard?.said ?? '')?.[0] ?? WORDS.exec(message)?.[0];
  const refusal = said ?? [heard?.error, firstWord(message)].find((word) => REFUSALS.has(word ?? ''));
  if (refusal !== undefined && !isBusy(heard?.status ?? statusOf(error))) {
    return new RegistrationRefused(`Entra refuses: ${quoted(refusal, secrets)}`);
  }
  const isNothingThere = error instanceof Error && UNAVAILABLE.has(error.name) && !message.includes(NO_ENTRA);
  if (isNothingThere && credential === 'default' && said === undefined && heard === undefined) {
    return new NoCredential(NOTHING_FOUND);
  }
  const reason = said === undefined ? (heard?.reason ?? firstLine(error, secrets)) : quoted(said, secrets);
  return new RegistrationUnavailable(`Entra is not reachable: ${reason}`);
}

/** `@azure/identity` and its MSAL begin with OAuth's error. */
function firstWord(message: string): string | undefined {
  return /^[a-z_]{1,64}(?=$|[\s:])/.exec(message)?.[0];
}

function isBusy(status: number | undefined): boolean {
  return status !== undefined && (status >= 500 || status === 408 || status === 429);
}

function statusOf(error: unknown): number | undefined {
  const status: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  return typeof status === 'number' ? status : undefined;
}
