import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createCertificate, type Certificate } from '../../../dev/entra/certificate.ts';
import { listenHttps, type HttpsServer } from '../../../dev/entra/https-server.ts';
import { EntraTokens } from '../src/credential.ts';
import { NoCredential, RegistrationRefused, RegistrationUnavailable } from '../src/errors.ts';
import { networkReason } from '../src/network-reason.ts';
import { register } from '../src/register.ts';
import { readSettings } from '../src/settings.ts';

const NEVER = new AbortController().signal;
const SECRET = 'planted-client-secret-0123456789';
const TOKEN = 'planted-entra-token';
const UNTRUSTED = 'DEPTH_ZERO_SELF_SIGNED_CERT';
const TENANT = '7c6f0d9e-0f4d-4f5e-9f65-6a3d1a2b3c4d';
/** Of those that no test is ever given. */
const CLOSED = 'https://127.0.0.1:2';

function settingsAt(origin: string): {
  env: Record<string, string>;
  settings: ReturnType<typeof readSettings>;
} {
  const env = {
    LKPS_URL: origin,
    LKPS_SCOPE: 'api://lkps/.default',
    AZURE_AUTHORITY_HOST: origin,
    AZURE_TENANT_ID: TENANT,
    AZURE_CLIENT_ID: '11111111-2222-4333-8444-555555555555',
    AZURE_CLIENT_SECRET: SECRET,
  };
  return { env, settings: readSettings(env, {}, false) };
}

/** What the agent hears of Entra, with its client secret. */
async function failureAt(origin: string): Promise<unknown> {
  const { env, settings } = settingsAt(origin);
  return new EntraTokens(settings, env).get(NEVER).catch((error: unknown) => error);
}

/** With the credential library and `fetch` as they are: what they tell of a failure is not what anybody can act on. */
describe('where nobody is reached, or nobody who helps, that is what is said', () => {
  const trusted = getCACertificates('default');
  const reply = { status: 400, body: '' };
  let server: HttpsServer;
  let certificate: Certificate;
  let asked = 0;
  beforeAll(async () => {
    certificate = await createCertificate();
    server = await listenHttps(certificate, (_, response) => {
      asked += 1;
      response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.body);
    });
  });
  afterEach(() => {
    setDefaultCACertificates(trusted);
  });
  afterAll(() => server.stop());

  const places: readonly (readonly [string, () => string, string])[] = [
    ['a closed port', () => CLOSED, 'ECONNREFUSED'],
    ['a certificate that nobody vouches for', () => server.origin, UNTRUSTED],
  ];

  it.each(places)('Entra, with a client secret: %s', async (_, origin, code) => {
    const failure = await failureAt(origin());
    expect(failure).toBeInstanceOf(RegistrationUnavailable);
    expect(failure).not.toBeInstanceOf(NoCredential);
    expect(failure).toMatchObject({ message: `Entra is not reachable: ${code}` });
    expect(asked).toBe(0);
  });

  it.each(places)('the platform: %s', async (_, origin, code) => {
    const { settings } = settingsAt(origin());
    const failure: unknown = await register(settings, TOKEN, NEVER).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RegistrationUnavailable);
    const said = new RegExp(`^the platform is not reachable: ${code} \\(request [-0-9a-f]{36}\\)$`);
    expect(failure).toMatchObject({ message: expect.stringMatching(said) as string });
    expect(asked).toBe(0);
  });

  it('the platform, with a token that no header can hold: without the token', async () => {
    const { settings } = settingsAt(CLOSED);
    const failure: unknown = await register(settings, `${TOKEN}\nx`, NEVER).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RegistrationUnavailable);
    expect(String(failure)).not.toContain(TOKEN);
  });

  it('Entra, which knows no such tenant: in its words', async () => {
    setDefaultCACertificates([...trusted, certificate.cert]);
    const said = "AADSTS90002: Tenant 'x' not found. Trace ID: t Timestamp: 2026-11-21 12:00:00Z";
    reply.body = JSON.stringify({ error: 'invalid_tenant', error_description: said });
    const failure = await failureAt(server.origin);
    expect(failure).toBeInstanceOf(RegistrationRefused);
    expect(failure).toMatchObject({ message: `Entra refuses: ${said}` });
  });

  it('Entra, which is busy', async () => {
    setDefaultCACertificates([...trusted, certificate.cert]);
    Object.assign(reply, { status: 503, body: 'busy' });
    const failure = await failureAt(server.origin);
    expect(failure).toBeInstanceOf(RegistrationUnavailable);
    expect(failure).toMatchObject({ message: 'Entra is not reachable: HTTP 503' });
  });
});

describe('why a request came to nothing', () => {
  it.each([
    ['by the code of the innermost cause', failed('fetch failed', coded('ECONNREFUSED')), 'ECONNREFUSED'],
    [
      'of several tries, by that of the first',
      failed('fetch failed', new AggregateError([coded('EHOSTUNREACH'), coded('ETIMEDOUT')])),
      'EHOSTUNREACH',
    ],
    ['without a code, by what the innermost says', failed('fetch failed', new Error('bad port')), 'bad port'],
    [
      'with nothing of the request',
      failed('fetch failed', new Error(`${TOKEN} to http://user:pw@proxy.example`)),
      '[redacted] to http://[redacted]@proxy.example',
    ],
    ['by its kind, where nothing is said', new TypeError(''), 'TypeError'],
  ])('%s', (_, error, reason) => {
    expect(networkReason(error, [TOKEN])).toBe(reason);
  });
});

function failed(message: string, cause: Error): Error {
  return new TypeError(message, { cause });
}

function coded(code: string): Error {
  return Object.assign(new Error('no code'), { code });
}
