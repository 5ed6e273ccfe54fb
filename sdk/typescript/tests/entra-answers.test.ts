import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCertificate } from '../../../dev/entra/certificate.ts';
import { listenHttps, type HttpsServer } from '../../../dev/entra/https-server.ts';
import { EntraTokens } from '../src/credential.ts';
import { entraFailure, REFUSALS } from '../src/entra-failure.ts';
import { EntraHearing } from '../src/entra-hearing.ts';
import { NoCredential, RegistrationRefused, RegistrationUnavailable } from '../src/errors.ts';
import { readSettings } from '../src/settings.ts';
import { entraVectors } from './support/vectors.ts';

const NEVER = new AbortController().signal;
const SECRET = "planted~client/secret!'0123456789";
const TENANT = '7c6f0d9e-0f4d-4f5e-9f65-6a3d1a2b3c4d';

/** Asked with the client secret by the credential library as it is. */
describe('an answer of the token endpoint', () => {
  const trusted = getCACertificates('default');
  const reply = { status: 200, type: '', body: '' };
  let server: HttpsServer;
  beforeAll(async () => {
    const certificate = await createCertificate();
    setDefaultCACertificates([...trusted, certificate.cert]);
    server = await listenHttps(certificate, (request, response) => {
      request.resume();
      if (request.url?.includes('openid-configuration') === true) {
        response.writeHead(200, { 'content-type': 'application/json' }).end(discovery());
        return;
      }
      response.writeHead(reply.status, { 'content-type': reply.type }).end(reply.body);
    });
  });
  afterAll(async () => {
    setDefaultCACertificates(trusted);
    await server.stop();
  });

  const discovery = (): string => {
    const tenant = `${server.origin}/${TENANT}`;
    return JSON.stringify({
      issuer: `${tenant}/v2.0`,
      authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
      token_endpoint: `${tenant}/oauth2/v2.0/token`,
      jwks_uri: `${tenant}/discovery/v2.0/keys`,
    });
  };

  async function ask(answer: typeof reply): Promise<unknown> {
    Object.assign(reply, answer);
    const env = {
      LKPS_REGION: 'eu',
      LKPS_ENV: 'np',
      AZURE_AUTHORITY_HOST: server.origin,
      AZURE_TENANT_ID: TENANT,
      AZURE_CLIENT_ID: '11111111-2222-4333-8444-555555555555',
      AZURE_CLIENT_SECRET: SECRET,
    };
    const tokens = new EntraTokens(readSettings(env, {}, false), env);
    return tokens.get(NEVER).catch((error: unknown) => error);
  }

  it.each(entraVectors.cases)('$name', async ({ status, type, body, refused, unavailable }) => {
    const failure = await ask({ status, type, body });
    expect(failure).toBeInstanceOf(refused === undefined ? RegistrationUnavailable : RegistrationRefused);
    expect(failure).not.toBeInstanceOf(NoCredential);
    expect(failure).toMatchObject({ message: refused ?? unavailable });
  });

  it('with a token is the token', async () => {
    const body = JSON.stringify({ access_token: 'planted-entra-token', expires_in: 3600 });
    expect(await ask({ status: 200, type: 'application/json', body })).toBe('planted-entra-token');
  });

  it.each([
    ['a number', { access_token: 5, expires_in: 3600 }],
    ['nothing', { access_token: '', expires_in: 3600 }],
  ])('with a token that is %s has none', async (_, document) => {
    const answer = { status: 200, type: 'application/json', body: JSON.stringify(document) };
    expect(await ask(answer)).toMatchObject({ message: 'Entra is not reachable: HTTP 200' });
  });

  it('that repeats the secret, as it was sent or encoded, is told without it', async () => {
    const encoded = encodeURIComponent(SECRET);
    const strict = encoded.replace("'", '%27').replace('!', '%21');
    const forms = [SECRET, encoded, strict, encoded.replaceAll('~', '%7E'), strict.replaceAll('~', '%7E')];
    const body = JSON.stringify({ error: 'x', error_description: `AADSTS1: ${forms.join(', ')}` });
    expect(await ask({ status: 401, type: 'application/json', body })).toMatchObject({
      message: `Entra refuses: AADSTS1: ${forms.map(() => '[redacted]').join(', ')}`,
    });
  });

  it('is no answer where only the way there was asked for', async () => {
    const hearing = new EntraHearing();
    const { policy } = hearing.policy([]);
    const request = { url: 'https://entra.example', method: 'GET' };
    const next = () => Promise.resolve({ status: 200, bodyAsText: '{}' });
    await policy.sendRequest(request as never, next as never);
    expect(hearing.newest).toBeUndefined();
  });
});

describe("a credential of the program's own, whose requests are not the SDK's", () => {
  const failure = (message: string, fields = {}): Error => Object.assign(new Error(message), fields);

  it.each(['AADSTS7000222: expired.', ...REFUSALS])('is refused by %s', (said) => {
    const meaning = entraFailure(failure(said), { credential: 'given' });
    expect(meaning).toBeInstanceOf(RegistrationRefused);
    expect(meaning.message).toBe(`Entra refuses: ${said}`);
  });

  it.each([...REFUSALS])('is refused by %s, also where a library says more', (refusal) => {
    const more = [`${refusal}: in other words`, `${refusal} Status code: 400\nMore details:`];
    for (const said of more) {
      const meaning = entraFailure(failure(said), { credential: 'given' });
      expect(meaning.message).toBe(`Entra refuses: ${refusal}`);
    }
  });

  it.each([
    ['a status alone', failure('forbidden', { statusCode: 403 }), 'forbidden'],
    ['an error that no sign-in has', failure('teapot: I am one', { statusCode: 400 }), 'teapot: I am one'],
    ['nothing found', failure('not logged in', { name: 'CredentialUnavailableError' }), 'not logged in'],
    ['none of several', failure('none of 2', { name: 'AggregateAuthenticationError' }), 'none of 2'],
  ])('may mend itself after %s', (_, error, words) => {
    const meaning = entraFailure(error, { credential: 'given' });
    expect(meaning).toBeInstanceOf(RegistrationUnavailable);
    expect(meaning).not.toBeInstanceOf(NoCredential);
    expect(meaning.message).toBe(`Entra is not reachable: ${words}`);
  });
});

it('what refuses is the same in every SDK', () => {
  expect([...REFUSALS]).toEqual(entraVectors.refusals);
});
