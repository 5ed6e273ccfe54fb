import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { exportSPKI, generateKeyPair, importJWK, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEntra, type Entra } from '../../dev/entra/server.ts';
import { startOcelot, type Ocelot } from '../../dev/ocelot/server.ts';
import {
  applicationToken,
  CLIENT,
  CLIENT_SP,
  PUBLIC_CLIENT,
  requestJson,
  startSubject,
  TENANT,
  USER,
  userToken,
} from './entra-subject.ts';
import { rawRequest, type RawAnswer } from './raw-request.ts';
import { startRecordingUpstream, valuesOf, type RecordingUpstream } from './recording-upstream.ts';

const PROOF = { header: 'x-lkps-proxy-proof', value: 'a proof long enough to be a secret, surely' };
const PATH = '/api/session/start';

let entra: Entra;
let upstream: RecordingUpstream;
let ocelot: Ocelot;

beforeAll(async () => {
  [entra, upstream] = await Promise.all([startSubject(), startRecordingUpstream()]);
  ocelot = await startOcelot({
    entra,
    upstream: upstream.url,
    clientAccessList: [CLIENT.toUpperCase(), PUBLIC_CLIENT],
    proof: PROOF,
    bodyLimitBytes: 100_000,
  });
});
afterAll(async () => {
  await ocelot.stop();
  await Promise.all([entra.stop(), upstream.stop()]);
});
beforeEach(() => {
  upstream.seen.length = 0;
  upstream.answer = (response) => response.end('{}');
});

function post(token: string, headers: readonly string[] = [], body = Buffer.from('{}')): Promise<RawAnswer> {
  return rawRequest(ocelot.url, PATH, {
    method: 'POST',
    headers: ['authorization', `Bearer ${token}`, 'content-type', 'application/json', ...headers],
    body,
  });
}

function claims(over: Readonly<Record<string, unknown>> = {}): JWTPayload {
  const now = Math.floor(Date.now() / 1_000);
  return {
    iss: entra.issuers.v1,
    aud: 'api://one',
    tid: TENANT,
    ver: '1.0',
    appid: CLIENT,
    oid: CLIENT_SP,
    sub: CLIENT_SP,
    iat: now,
    nbf: now,
    exp: now + 60,
    ...over,
  };
}

describe('a caller the edge lets in', () => {
  it('an application: arrives with its identity, the proof and nothing of its token', async () => {
    expect((await post(await applicationToken(entra))).status).toBe(200);
    const [recorded] = upstream.seen;
    expect(valuesOf(recorded, 'user-id')).toEqual([CLIENT_SP]);
    expect(valuesOf(recorded, 'client-id')).toEqual([CLIENT]);
    expect(valuesOf(recorded, 'x-bayer-user')).toEqual([]);
    expect(valuesOf(recorded, 'user-profile')).toEqual([JSON.stringify({ user_id: CLIENT_SP })]);
    expect(valuesOf(recorded, PROOF.header)).toEqual([PROOF.value]);
    expect(valuesOf(recorded, 'x-forwarded-for')).toEqual(['127.0.0.1']);
    expect(valuesOf(recorded, 'authorization')).toEqual([]);
  });

  it('brings its token along only where the edge is told to: that one, and once', async () => {
    const forwarding = await startOcelot({
      entra,
      upstream: upstream.url,
      clientAccessList: [CLIENT],
      proof: PROOF,
      forwardAuthorization: true,
    });
    const token = await applicationToken(entra);
    const headers = ['Authorization', `bearer ${token}`, 'X-Authorization', 'other'];
    await rawRequest(forwarding.url, PATH, { method: 'POST', headers });
    await rawRequest(forwarding.url, '/api/health', { headers });
    await forwarding.stop();
    const [recorded, open] = upstream.seen;
    expect(valuesOf(recorded, 'authorization')).toEqual([`Bearer ${token}`]);
    expect(valuesOf(recorded, 'client-id')).toEqual([CLIENT]);
    expect(valuesOf(open, 'authorization')).toEqual([]);
  });

  it('a v2 token: is known by azp', async () => {
    expect((await post(await applicationToken(entra, { scope: 'api://two/.default' }))).status).toBe(200);
    expect(valuesOf(upstream.seen[0], 'client-id')).toEqual([CLIENT]);
  });

  it('a user: arrives with e-mail and profile', async () => {
    await post(await userToken(entra));
    const [recorded] = upstream.seen;
    expect(valuesOf(recorded, 'user-id')).toEqual([USER]);
    expect(valuesOf(recorded, 'client-id')).toEqual([PUBLIC_CLIENT]);
    expect(valuesOf(recorded, 'x-bayer-user')).toEqual(['ada@one.test']);
    expect(JSON.parse(valuesOf(recorded, 'user-profile')[0] ?? '')).toEqual({
      firstName: 'Ada',
      lastName: 'Lovelace',
      displayName: 'Ada Lovelace',
      email: 'ada@one.test',
      user_id: USER,
    });
  });

  it('a user without e-mail and with a name that is not ASCII: is escaped, not mangled', async () => {
    await post(await userToken(entra, { username: 'zoe@one.test' }));
    const [recorded] = upstream.seen;
    expect(valuesOf(recorded, 'x-bayer-user')).toEqual([]);
    const [profile = ''] = valuesOf(recorded, 'user-profile');
    expect(profile).toContain('Zo\\u00eb M\\u00fcller');
    expect(JSON.parse(profile)).toMatchObject({ displayName: 'Zoë Müller' });
  });

  it.each(['api://one//.default', 'api://two/.default'])(
    'an audience in the form of %s is one',
    async (scope) => {
      expect((await post(await applicationToken(entra, { scope }))).status).toBe(200);
    },
  );

  it('after the keys were rotated, twice', async () => {
    const old = await applicationToken(entra);
    await entra.rotateKeys();
    expect((await post(await applicationToken(entra))).status).toBe(200);
    await entra.rotateKeys();
    await expect
      .poll(async () => (await post(await applicationToken(entra))).status, { timeout: 15_000 })
      .toBe(200);
    expect((await post(old)).status).toBe(200);
  });
});

describe('a forged identity header', () => {
  const names = ['user-id', 'client-id', 'x-bayer-user', 'user-profile', PROOF.header];
  const spelling = fc
    .constantFrom(...names)
    .chain((name) =>
      fc
        .tuple(
          ...Array.from(name, (letter) =>
            letter === '-'
              ? fc.constantFrom('-', '_', '.', '', '--')
              : fc.constantFrom(letter, letter.toUpperCase()),
          ),
        )
        .map((letters) => letters.join('')),
    );
  const bare = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

  it('never reaches the service, however it is spelled and however often it comes', async () => {
    const token = await applicationToken(entra);
    await fc.assert(
      fc.asyncProperty(fc.array(spelling, { minLength: 1, maxLength: 6 }), async (spellings) => {
        upstream.seen.length = 0;
        await post(
          token,
          [...spellings, 'connection'].flatMap((name) => [name, name === 'connection' ? 'close' : 'forged']),
        );
        const { rawHeaders = [] } = upstream.seen[0] ?? {};
        expect(rawHeaders).not.toContain('forged');
        const identity = rawHeaders.filter(
          (header, index) => index % 2 === 0 && names.some((name) => bare(name) === bare(header)),
        );
        expect(identity).toEqual(['user-id', 'client-id', 'user-profile', PROOF.header]);
      }),
      { numRuns: 60 },
    );
  });

  it('does not reach it on the open route either', async () => {
    await rawRequest(ocelot.url, '/api/health', { headers: ['Client_ID', 'forged', 'User-Id', 'forged'] });
    expect(upstream.seen).toHaveLength(1);
    expect(upstream.seen[0]?.rawHeaders).not.toContain('forged');
    expect(valuesOf(upstream.seen[0], 'client-id')).toEqual([]);
  });

  it('cannot take the real one away through Connection', async () => {
    await post(await applicationToken(entra), ['connection', 'client-id, user-id, x-lkps-proxy-proof']);
    expect(valuesOf(upstream.seen[0], 'client-id')).toEqual([CLIENT]);
    expect(valuesOf(upstream.seen[0], PROOF.header)).toEqual([PROOF.value]);
  });
});

describe('a token that is not good', () => {
  async function foreignToken(
    header: { alg: string; kid?: string },
    key: CryptoKey | Uint8Array,
  ): Promise<string> {
    return new SignJWT(claims()).setProtectedHeader(header).sign(key);
  }
  async function publishedKid(): Promise<string> {
    const { body } = await requestJson(entra, entra.jwksUrl);
    return (body as { readonly keys: readonly { readonly kid: string }[] }).keys[0]?.kid ?? '';
  }
  async function publicKeyAsSecret(): Promise<Uint8Array> {
    const { body } = await requestJson(entra, entra.jwksUrl);
    const [jwk = {}] = (body as { readonly keys: readonly Record<string, string>[] }).keys;
    const key = (await importJWK(jwk, 'RS256', { extractable: true })) as CryptoKey;
    return Buffer.from(await exportSPKI(key));
  }
  async function otherTenantToken(): Promise<string> {
    const other = await startEntra({ tenantId: CLIENT, resources: [], apps: [], users: [] });
    try {
      return await other.sign(claims());
    } finally {
      await other.stop();
    }
  }

  const past = Math.floor(Date.now() / 1_000) - 5;
  const cases: readonly (readonly [string, () => Promise<string>])[] = [
    ['signed by somebody else', otherTenantToken],
    [
      'signed by another key under a published kid',
      async () => {
        const { privateKey } = await generateKeyPair('RS256');
        return foreignToken({ alg: 'RS256', kid: await publishedKid() }, privateKey);
      },
    ],
    ['signed by nobody (alg none)', () => Promise.resolve(new UnsecuredJWT(claims()).encode())],
    [
      'HS256 with the public key as the secret',
      async () => foreignToken({ alg: 'HS256', kid: await publishedKid() }, await publicKeyAsSecret()),
    ],
    [
      'tampered with',
      async () => {
        const [header = '', , signature = ''] = (await applicationToken(entra)).split('.');
        const forged = Buffer.from(JSON.stringify(claims({ oid: USER }))).toString('base64url');
        return `${header}.${forged}.${signature}`;
      },
    ],
    ['of another issuer', () => entra.sign(claims({ iss: 'https://sts.windows.net/other/' }))],
    ['of v1 with the issuer of v2', () => entra.sign(claims({ iss: entra.issuers.v2 }))],
    ['for another audience', () => entra.sign(claims({ aud: 'api://other' }))],
    ['without an audience', () => entra.sign(claims({ aud: undefined }))],
    ['of another tenant', () => entra.sign(claims({ tid: CLIENT }))],
    ['expired', () => entra.sign(claims({ exp: past }))],
    ['without an expiry', () => entra.sign(claims({ exp: undefined }))],
    ['not valid yet', () => entra.sign(claims({ nbf: past + 600 }))],
    ['without a client', () => entra.sign(claims({ appid: undefined }))],
    ['with a client that is no GUID', () => entra.sign(claims({ appid: `${CLIENT},${USER}` }))],
    ['with the client of the other version', () => entra.sign(claims({ appid: undefined, azp: CLIENT }))],
    ['without an object id', () => entra.sign(claims({ oid: undefined }))],
    ['not a token', () => Promise.resolve('not.a.token')],
  ];

  it.each(cases)('%s: 401, and the service hears nothing', async (_name, make) => {
    const answer = await post(await make());
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ source: 'ocelot', status: 401 });
    expect(upstream.seen).toEqual([]);
  });

  it('the same claims, signed by Entra, would have been good', async () => {
    expect((await post(await entra.sign(claims()))).status).toBe(200);
  });

  it.each([
    ['none', []],
    ['another scheme', ['authorization', 'Basic abc']],
    ['an empty one', ['authorization', 'Bearer ']],
  ])('%s: 401', async (_name, headers) => {
    expect((await rawRequest(ocelot.url, PATH, { method: 'POST', headers })).status).toBe(401);
    expect(upstream.seen).toEqual([]);
  });

  it('two: 401, even if one is good', async () => {
    const good = await applicationToken(entra);
    expect((await post(good, ['authorization', `Bearer ${good}`])).status).toBe(401);
    expect(upstream.seen).toEqual([]);
  });
});

describe('the Client Access List', () => {
  it('refuses a good token of a client that is not in it', async () => {
    ocelot.deny(CLIENT);
    const answer = await post(await applicationToken(entra));
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ source: 'ocelot', status: 403 });
    expect(upstream.seen).toEqual([]);
    ocelot.allow(CLIENT);
    expect((await post(await applicationToken(entra))).status).toBe(200);
  });
});

describe('what passes through', () => {
  it('method, target, headers and every byte of the body stay as they are', async () => {
    const body = randomBytes(70_000);
    const target = '/api/anything/%7Eodd?b=2&a=%20x&a=1';
    await rawRequest(ocelot.url, target, {
      method: 'PUT',
      headers: [
        ...['Authorization', `Bearer ${await applicationToken(entra)}`, 'X-Request-Id', 'Trace.me_1'],
        ...['x-twice', 'one', 'X-Twice', 'two', 'x-forwarded-for', '10.0.0.1', 'X-Forwarded-For', '10.0.0.2'],
      ],
      body,
    });
    const [recorded] = upstream.seen;
    expect(recorded).toMatchObject({ method: 'PUT', target });
    expect(recorded?.body.equals(body)).toBe(true);
    expect(valuesOf(recorded, 'x-request-id')).toEqual(['Trace.me_1']);
    expect(valuesOf(recorded, 'x-twice')).toEqual(['one', 'two']);
    expect(valuesOf(recorded, 'x-forwarded-for')).toEqual(['10.0.0.1, 10.0.0.2, 127.0.0.1']);
  });

  it("the service's answer too", async () => {
    const body = randomBytes(50_000);
    upstream.answer = (response) => {
      response.writeHead(422, ['Retry-After', '7', 'X-Twice', 'one', 'X-Twice', 'two']);
      response.end(body);
    };
    const answer = await post(await applicationToken(entra));
    expect(answer.status).toBe(422);
    expect(answer.headers['retry-after']).toBe('7');
    expect(answer.rawHeaders.filter((_, index) => answer.rawHeaders[index - 1] === 'X-Twice')).toEqual([
      'one',
      'two',
    ]);
    expect(answer.body.equals(body)).toBe(true);
  });

  it('health needs no token', async () => {
    expect((await rawRequest(ocelot.url, '/api/health')).status).toBe(200);
    expect((await rawRequest(ocelot.url, '/api/health', { method: 'POST' })).status).toBe(401);
  });

  it('nor does a preflight', async () => {
    const headers = ['origin', 'https://app.test', 'access-control-request-method', 'POST'];
    expect((await rawRequest(ocelot.url, PATH, { method: 'OPTIONS', headers })).status).toBe(200);
    expect(valuesOf(upstream.seen[0], 'client-id')).toEqual([]);
  });

  it.each([
    '/livekit/webhook',
    '/api/../livekit/webhook',
    '/api/%2e%2e/livekit/webhook',
    '//livekit/webhook',
    '/API/../livekit/webhook',
    '/api',
    '/',
    'http://127.0.0.1/livekit/webhook',
  ])('%s has no route', async (target) => {
    const headers = ['authorization', `Bearer ${await applicationToken(entra)}`];
    const answer = await rawRequest(ocelot.url, target, { method: 'POST', headers });
    expect(answer.status).toBe(404);
    expect(upstream.seen).toEqual([]);
  });

  it('not a body over the limit', async () => {
    expect((await post(await applicationToken(entra), [], Buffer.alloc(100_001))).status).toBe(413);
    expect(upstream.seen).toEqual([]);
  });
});

describe('when the other side fails', () => {
  it('a service that hangs is a 504 in bounded time', async () => {
    upstream.answer = () => undefined;
    const hasty = await startOcelot({
      entra,
      upstream: upstream.url,
      clientAccessList: [CLIENT],
      proof: PROOF,
      timeoutMs: 1_000,
    });
    const headers = ['authorization', `Bearer ${await applicationToken(entra)}`];
    const answer = await rawRequest(hasty.url, PATH, { method: 'POST', headers });
    await hasty.stop();
    expect(answer.status).toBe(504);
  });

  it('a service that breaks off is a 502', async () => {
    upstream.answer = (response) => response.destroy();
    expect((await post(await applicationToken(entra))).status).toBe(502);
  });

  it('a service that is not there is a 502', async () => {
    const lonely = await startOcelot({
      entra,
      upstream: 'http://127.0.0.1:9',
      clientAccessList: [CLIENT],
      proof: PROOF,
    });
    const headers = ['authorization', `Bearer ${await applicationToken(entra)}`];
    const answer = await rawRequest(lonely.url, PATH, { method: 'POST', headers });
    await lonely.stop();
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ source: 'ocelot' });
  });

  it('keys that cannot be fetched are a 503: neither in nor out', async () => {
    const lonely = await startOcelot({
      entra: { ...entra, authority: 'https://localhost:9' },
      upstream: upstream.url,
      clientAccessList: [CLIENT],
      proof: PROOF,
    });
    const headers = ['authorization', `Bearer ${await applicationToken(entra)}`];
    const answer = await rawRequest(lonely.url, PATH, { method: 'POST', headers });
    await lonely.stop();
    expect(answer.status).toBe(503);
    expect(upstream.seen).toEqual([]);
  });
});
