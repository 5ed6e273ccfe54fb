import { randomUUID } from 'node:crypto';

/** What the token endpoint refuses, in Entra's words: OAuth error, AADSTS number, HTTP status. */
export class EntraError extends Error {
  readonly status: number;
  readonly error: string;
  readonly code: number;

  constructor(status: number, error: string, code: number, message: string) {
    super(message);
    this.status = status;
    this.error = error;
    this.code = code;
  }
}

export function errorBody(failure: EntraError, correlationId: string | undefined, now: Date): object {
  const traceId = randomUUID();
  const correlation = correlationId ?? randomUUID();
  const timestamp = `${now.toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const trailer = `Trace ID: ${traceId} Correlation ID: ${correlation} Timestamp: ${timestamp}`;
  return {
    error: failure.error,
    error_description: `AADSTS${failure.code}: ${failure.message} ${trailer}`,
    error_codes: [failure.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlation,
    error_uri: `https://login.microsoftonline.com/error?code=${failure.code}`,
  };
}

export const refuse = {
  unknownTenant: (tenant: string) =>
    new EntraError(
      400,
      'invalid_request',
      90002,
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
    ),
  missingParameter: (name: string) =>
    new EntraError(
      400,
      'invalid_request',
      900144,
      `The request body must contain the following parameter: '${name}'.`,
    ),
  repeatedParameter: (name: string) =>
    new EntraError(400, 'invalid_request', 9000411, `The parameter '${name}' is duplicated.`),
  unsupportedGrant: (grant: string) =>
    new EntraError(
      400,
      'unsupported_grant_type',
      70003,
      `The app requested an unsupported grant type '${grant}'.`,
    ),
  unknownApp: (clientId: string, tenant: string) =>
    new EntraError(
      400,
      'unauthorized_client',
      700016,
      `Application with identifier '${clientId}' was not found in the directory '${tenant}'.`,
    ),
  disabledApp: (clientId: string, name: string) =>
    new EntraError(400, 'unauthorized_client', 7000112, `Application '${clientId}'(${name}) is disabled.`),
  missingSecret: () =>
    new EntraError(
      401,
      'invalid_client',
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
  publicClientSecret: () =>
    new EntraError(
      401,
      'invalid_client',
      700025,
      "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    ),
  wrongSecret: (clientId: string) =>
    new EntraError(
      401,
      'invalid_client',
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
    ),
  expiredSecret: (clientId: string) =>
    new EntraError(
      401,
      'invalid_client',
      7000222,
      `The provided client secret keys for app '${clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
    ),
  twoProofs: () =>
    new EntraError(
      400,
      'invalid_request',
      90023,
      "Only one of 'client_assertion' and 'client_secret' may be presented.",
    ),
  assertionType: () =>
    new EntraError(
      400,
      'invalid_request',
      700026,
      "The value of 'client_assertion_type' must be 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'.",
    ),
  malformedAssertion: () =>
    new EntraError(401, 'invalid_client', 50027, 'JWT token is invalid or malformed.'),
  unknownAssertion: (what: 'issuer' | 'subject' | 'audience', value: string) =>
    new EntraError(
      401,
      'invalid_client',
      { issuer: 700211, audience: 700212, subject: 700213 }[what],
      `No matching federated identity record found for presented assertion ${what} '${value}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.`,
    ),
  untimelyAssertion: () =>
    new EntraError(401, 'invalid_client', 700024, 'Client assertion is not within its valid time range.'),
  forgedAssertion: () =>
    new EntraError(
      401,
      'invalid_client',
      700027,
      'The certificate or key that signed the assertion is not known.',
    ),
  scopeWithoutDefault: (scope: string) =>
    new EntraError(
      400,
      'invalid_scope',
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    ),
  unknownScope: (scope: string) =>
    new EntraError(
      400,
      'invalid_scope',
      70011,
      `The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
    ),
  unknownResource: (identifier: string, tenant: string) =>
    new EntraError(
      400,
      'invalid_resource',
      500011,
      `The resource principal named ${identifier} was not found in the tenant named ${tenant}.`,
    ),
  wrongPassword: () =>
    new EntraError(
      400,
      'invalid_grant',
      50126,
      'Error validating credentials due to invalid username or password.',
    ),
  unknownUser: (tenant: string) =>
    new EntraError(
      400,
      'invalid_grant',
      50034,
      `The user account does not exist in the ${tenant} directory. To sign into this application, the account must be added to the directory.`,
    ),
} as const;
