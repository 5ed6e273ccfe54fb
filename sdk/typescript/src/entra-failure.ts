import { NoCredential, RegistrationRefused, RegistrationUnavailable } from './errors.ts';
import { firstLine, redacted } from './redacted.ts';

const NOTHING_FOUND =
  'no credential was found: set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run `az login`';
const UNAVAILABLE: ReadonlySet<string> = new Set([
  'CredentialUnavailableError',
  'AggregateAuthenticationError',
]);

/**
 * What a credential's failure means. Entra's own refusals carry an AADSTS code; everything else may be the network.
 * The cause is left out: it may hold the request.
 */
export function entraFailure(
  error: unknown,
  secrets: readonly string[] = [],
): RegistrationRefused | RegistrationUnavailable {
  const said = error instanceof Error ? /AADSTS\d+[^\r\n]*/.exec(error.message)?.[0] : undefined;
  const status = statusOf(error);
  const isBusy = status !== undefined && (status >= 500 || status === 408 || status === 429);
  if (said !== undefined && !isBusy)
    return new RegistrationRefused(`Entra refuses: ${redacted(said, secrets)}`);
  if (error instanceof Error && UNAVAILABLE.has(error.name)) return new NoCredential(NOTHING_FOUND);
  const line = firstLine(error, secrets);
  return status !== undefined && status >= 400 && !isBusy
    ? new RegistrationRefused(`Entra refuses: ${line}`)
    : new RegistrationUnavailable(`Entra is not reachable: ${line}`);
}

function statusOf(error: unknown): number | undefined {
  const status: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  return typeof status === 'number' ? status : undefined;
}
