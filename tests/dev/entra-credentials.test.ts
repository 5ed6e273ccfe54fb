import { generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Entra } from '../../dev/entra/server.ts';
import { applicationForm, askToken, CLIENT, READER, startSubject, type JsonAnswer } from './entra-subject.ts';

const ISSUER = 'https://cluster.test/';
const SUBJECT = 'system:serviceaccount:agents:echo';
const AUDIENCE = 'api://AzureADTokenExchange';

interface Assertion {
  readonly issuer?: string;
  readonly subject?: string;
  readonly audience?: string;
  readonly expiresIn?: string;
}

describe('what an application proves itself by', () => {
  let entra: Entra;
  let cluster: CryptoKey;
  let stranger: CryptoKey;
  beforeAll(async () => {
    entra = await startSubject();
    const [own, other] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
    [cluster, stranger] = [own.privateKey, other.privateKey];
    entra.federate(CLIENT, { issuer: ISSUER, subject: SUBJECT, key: own.publicKey });
  });
  afterAll(() => entra.stop());

  const sign = (given: Assertion, key: CryptoKey): Promise<string> =>
    new SignJWT()
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(given.issuer ?? ISSUER)
      .setSubject(given.subject ?? SUBJECT)
      .setAudience(given.audience ?? AUDIENCE)
      .setExpirationTime(given.expiresIn ?? '5 min')
      .sign(key);
  const ask = (client_assertion: string, client_id = CLIENT): Promise<JsonAnswer> =>
    askToken(entra, {
      grant_type: 'client_credentials',
      client_id,
      scope: 'api://one/.default',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
    });

  it('may be what a cluster it trusts says of it', async () => {
    expect(await ask(await sign({}, cluster))).toMatchObject({ status: 200 });
  });

  it.each<readonly [string, Assertion, code: number]>([
    ['by another issuer', { issuer: 'https://other.test/' }, 700211],
    ['for somebody else', { audience: 'api://one' }, 700212],
    ['about another workload', { subject: 'system:serviceaccount:agents:other' }, 700213],
    ['that is over', { expiresIn: '-5 min' }, 700024],
  ])('is no assertion %s', async (_, assertion, code) => {
    const { status, body } = await ask(await sign(assertion, cluster));
    expect({ status, codes: body['error_codes'] }).toEqual({ status: 401, codes: [code] });
  });

  it('is no assertion of a stranger, of another app, without form, or with a secret beside it', async () => {
    const [good, forged] = await Promise.all([sign({}, cluster), sign({}, stranger)]);
    const both = askToken(entra, { ...applicationForm, client_assertion: good });
    const answers = await Promise.all([ask(forged), ask(good, READER), ask('a.b'), both]);
    expect(answers.map(({ body }) => body['error_codes'])).toEqual([[700027], [700211], [50027], [90023]]);
  });

  it('is no secret from the moment on that it ran out', async () => {
    entra.setSecretsExpired(CLIENT, true);
    const { status, body } = await askToken(entra, applicationForm);
    expect(status).toBe(401);
    expect(body['error_description']).toMatch(/^AADSTS7000222: The provided client secret keys for app/);
    entra.setSecretsExpired(CLIENT, false);
    expect((await askToken(entra, applicationForm)).status).toBe(200);
  });
});
