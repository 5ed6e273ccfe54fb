import { describe, expect, it } from 'vitest';
import { entraFailure } from '../src/entra-failure.ts';
import { NoCredential, RegistrationRefused, RegistrationUnavailable } from '../src/errors.ts';

const SECRET = 'planted-client-secret-0123456789';

function failure(name: string, message: string, fields = {}): Error {
  return Object.assign(new Error(message), { name, ...fields });
}

describe('what a failure of the credential means', () => {
  it.each([
    [
      'a refusal of Entra is its line with the code',
      failure(
        'AuthenticationError',
        'invalid_client Status code: 401\nMore details:\nAADSTS7000222: The keys are expired.\r\nTrace ID: x',
        { statusCode: 401 },
      ),
      RegistrationRefused,
      'Entra refuses: AADSTS7000222: The keys are expired.',
    ],
    [
      'also without a status',
      failure('ServerError', 'invalid_client: AADSTS7000215: Invalid client secret provided.'),
      RegistrationRefused,
      'Entra refuses: AADSTS7000215: Invalid client secret provided.',
    ],
    [
      "also in OAuth's words",
      failure('AuthenticationError', 'unauthorized_client Status code: 400', { statusCode: 400 }),
      RegistrationRefused,
      'Entra refuses: unauthorized_client',
    ],
    [
      'trouble on its side may pass',
      failure('AuthenticationError', 'AADSTS90033: A transient error has occurred.', { statusCode: 503 }),
      RegistrationUnavailable,
      'Entra is not reachable: AADSTS90033: A transient error has occurred.',
    ],
    [
      'so may its limits',
      failure('AuthenticationError', 'too many', { statusCode: 429 }),
      RegistrationUnavailable,
      'Entra is not reachable: too many',
    ],
    [
      'nothing found says what to set',
      failure('AggregateAuthenticationError', 'ChainedTokenCredential authentication failed.\n..'),
      NoCredential,
      'no credential was found: set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run `az login`',
    ],
    [
      'the network is said in one line',
      failure('RestError', 'getaddrinfo ENOTFOUND login.example\nmore', { code: 'ENOTFOUND' }),
      RegistrationUnavailable,
      'Entra is not reachable: getaddrinfo ENOTFOUND login.example',
    ],
    [
      'without a message, by its code',
      failure('AggregateError', '', { code: 'ECONNREFUSED' }),
      RegistrationUnavailable,
      'Entra is not reachable: ECONNREFUSED',
    ],
    [
      'secret and token are cut out',
      failure('Error', `sent ${SECRET} for aaaaaaaaaa.bbbbbbbbbb.cccccccccc`),
      RegistrationUnavailable,
      'Entra is not reachable: sent [redacted] for [redacted]',
    ],
  ])('%s', (_, error, kind, message) => {
    const meaning = entraFailure(error, { credential: 'default', secrets: [SECRET] });
    expect(meaning).toBeInstanceOf(kind);
    expect(meaning.message).toBe(message);
    expect(meaning).not.toHaveProperty('cause');
  });
});

describe('a credential that cannot show itself to Entra', () => {
  const UNRESOLVED = 'endpoints_resolution_error: See the page of the library for details';
  const unavailable = failure('CredentialUnavailableError', UNRESOLVED);
  const heard = { reason: 'ECONNREFUSED' };

  it.each([
    ['the client secret', unavailable, { credential: 'client_secret', heard }, 'ECONNREFUSED'],
    [
      'the client secret, in other words',
      failure('CredentialUnavailableError', 'not now'),
      { credential: 'client_secret' },
      'not now',
    ],
    ["the program's own", unavailable, { credential: 'given' }, UNRESOLVED],
    [
      'one of several, of which the others are not there',
      failure('AggregateAuthenticationError', `none of them\n${UNRESOLVED}\nnone`),
      { credential: 'default', heard },
      'ECONNREFUSED',
    ],
    [
      'at the second question',
      failure('AuthenticationRequiredError', 'network_error: See the page'),
      { credential: 'client_secret', heard },
      'ECONNREFUSED',
    ],
    [
      "one of several, which found somebody's page in Entra's place",
      failure('AggregateAuthenticationError', 'none of them'),
      { credential: 'default', heard: { reason: 'HTTP 403', status: 403 } },
      'HTTP 403',
    ],
    [
      'Entra is busy',
      unavailable,
      { credential: 'client_secret', heard: { reason: 'HTTP 503', status: 503 } },
      'HTTP 503',
    ],
  ] as const)('may later: %s', (_, error, asked, reason) => {
    const meaning = entraFailure(error, asked);
    expect(meaning).toBeInstanceOf(RegistrationUnavailable);
    expect(meaning).not.toBeInstanceOf(NoCredential);
    expect(meaning.message).toBe(`Entra is not reachable: ${reason}`);
  });

  it('since there is no such tenant, is told so', () => {
    const said = "AADSTS90002: Tenant 'x' not found.";
    const meaning = entraFailure(unavailable, {
      credential: 'client_secret',
      heard: { reason: 'HTTP 400', status: 400, said },
    });
    expect(meaning).toBeInstanceOf(RegistrationRefused);
    expect(meaning.message).toBe(`Entra refuses: ${said}`);
  });

  it("since Entra refuses in OAuth's words, is told so", () => {
    const meaning = entraFailure(unavailable, {
      credential: 'default',
      heard: { reason: 'HTTP 400', status: 400, error: 'invalid_scope' },
    });
    expect(meaning).toBeInstanceOf(RegistrationRefused);
    expect(meaning.message).toBe('Entra refuses: invalid_scope');
  });
});
