import { createServer } from 'node:http';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FetchKeys } from '../../../adapters/identity-entra/index.ts';
import { TRUST } from '../../support/entra-claims.ts';
import { EntraTenant, newSigningKey, type SigningKey } from '../../support/entra-tenant.ts';
import { listenOnLoopback } from '../../support/http-loopback.ts';
import { inTime } from '../../support/in-time.ts';

const MINUTE = 60_000;
const unavailable = { name: 'LkpsError', code: 'authorization_unavailable' };

let first: SigningKey;
let next: SigningKey;
let tenant: EntraTenant;
beforeAll(async () => {
  [first, next] = await Promise.all([newSigningKey('k1'), newSigningKey('k2')]);
});
beforeEach(() => {
  tenant = new EntraTenant(first);
});
const down: FetchKeys = () => Promise.reject(new Error('planted'));

describe('the signing keys of Entra', () => {
  it('are fetched once for however many tokens, at once or one after the other', async () => {
    const keys = tenant.keys();
    await Promise.all(Array.from({ length: 20 }, () => keys.find('k1')));
    tenant.wait(9 * MINUTE);
    expect(await keys.find('k1')).toBeDefined();
    expect(tenant.asked).toHaveLength(1);
  });

  it('are rotated without a failed token: a new key id makes the verifier look again', async () => {
    const keys = tenant.keys();
    expect(await keys.find('k1')).toBeDefined();
    tenant.published = [next, first];
    tenant.wait(10_000);
    expect(await keys.find('k2')).toBeDefined();
    expect(await keys.find('k1')).toBeDefined();
    expect(tenant.asked).toHaveLength(2);
  });

  it('are asked for once a cooldown, whatever key ids an attacker makes up', async () => {
    const keys = tenant.keys();
    for (let index = 0; index < 100; index += 1) {
      expect(await keys.find(`made-up-${index}`)).toBeUndefined();
      tenant.wait(100);
    }
    expect(tenant.asked.length).toBeLessThanOrEqual(2);
    expect(await keys.find('k1')).toBeDefined();
  });

  it('are the tenant’s own, also where Entra lists those of consumers and of other tenants', async () => {
    const signs = ({ published }: SigningKey, kid: string, issuer: string): object => ({
      ...published,
      kid,
      issuer: `https://login.microsoftonline.com/${issuer}`,
    });
    const published = [
      signs(first, 'own', `${TRUST.tenantId}/v2.0`),
      signs(first, 'any', '{tenantid}/v2.0'),
      signs(next, 'consumers', '9188040d-6c67-4c5b-b112-36a304b66dad/v2.0'),
      signs(next, 'other', `other/${TRUST.tenantId}/v2.0`),
    ];
    tenant.instead = () => Promise.resolve(Response.json({ keys: published }));
    const keys = tenant.keys();
    const found = await Promise.all(['own', 'any', 'consumers', 'other'].map((kid) => keys.find(kid)));
    expect(found.map((key) => key !== undefined)).toEqual([true, true, false, false]);
  });

  it('are 64 at most, the first ones', async () => {
    const published = Array.from({ length: 65 }, (_, index) => ({ ...first.published, kid: `k${index}` }));
    tenant.instead = () => Promise.resolve(Response.json({ keys: published }));
    const keys = tenant.keys();
    expect(await keys.find('k63')).toBeDefined();
    expect(await keys.find('k64')).toBeUndefined();
  });

  it('are looked at again after ten minutes beside the request, and forgotten when Entra withdraws them', async () => {
    const keys = tenant.keys();
    await keys.find('k1');
    tenant.published = [next];
    tenant.wait(10 * MINUTE);
    expect(await keys.find('k1')).toBeDefined();
    await expect.poll(() => keys.find('k1'), { timeout: 10_000 }).toBeUndefined();
    expect(tenant.asked).toHaveLength(2);
  });
});

describe('while Entra does not answer', () => {
  it('no token is good and none is bad, and nobody asks more than once in five seconds', async () => {
    tenant.instead = down;
    const keys = tenant.keys();
    for (let index = 0; index < 100; index += 1) {
      await expect(keys.find(`made-up-${index}`)).rejects.toMatchObject(unavailable);
      await expect(keys.find('k1')).rejects.toMatchObject(unavailable);
      tenant.wait(100);
    }
    expect(tenant.asked).toHaveLength(2);
  });

  it('works again five seconds after it came back', async () => {
    tenant.instead = down;
    const keys = tenant.keys();
    await expect(keys.find('k1')).rejects.toMatchObject(unavailable);
    tenant.instead = undefined;
    tenant.wait(5000);
    expect(await keys.find('k1')).toBeDefined();
  });

  it('the keys known so far are good for an hour, and no longer; others are undecided', async () => {
    const keys = tenant.keys();
    await keys.find('k1');
    tenant.instead = down;
    tenant.wait(59 * MINUTE);
    expect(await keys.find('k1')).toBeDefined();
    await expect(keys.find('k2')).rejects.toMatchObject(unavailable);
    tenant.wait(MINUTE);
    await expect(keys.find('k1')).rejects.toMatchObject(unavailable);
  });

  it('nothing is young because the clock was set back', async () => {
    const keys = tenant.keys();
    await keys.find('k1');
    tenant.instead = down;
    tenant.wait(-61 * MINUTE);
    await expect(keys.find('k1')).rejects.toMatchObject(unavailable);
  });

  it('it is known within three seconds', { timeout: 10_000 }, async () => {
    const silent = await listenOnLoopback(createServer(() => undefined));
    try {
      tenant.instead = (_, init) => fetch(`http://127.0.0.1:${silent.port}/`, init);
      await expect(inTime(3_000, () => tenant.keys().find('k1'))).rejects.toMatchObject(unavailable);
    } finally {
      await silent.close();
    }
  });
});

it('a redirect to signing keys is not followed', async () => {
  const asked: (string | undefined)[] = [];
  const elsewhere = createServer(({ url }, response) => {
    asked.push(url);
    response.writeHead(url === '/keys' ? 200 : 302, { location: '/keys' });
    response.end(JSON.stringify({ keys: [first.published] }));
  });
  const { port, close } = await listenOnLoopback(elsewhere);
  try {
    tenant.instead = (_, init) => fetch(`http://127.0.0.1:${port}/`, init);
    await expect(tenant.keys().find('k1')).rejects.toMatchObject(unavailable);
    expect(asked).toEqual(['/']);
  } finally {
    await close();
  }
});

describe('an answer that is not a set of signing keys counts as none', () => {
  const json = (body: unknown, status = 200): Response => Response.json(body, { status });
  const published = (change: object): Response => json({ keys: [{ ...first.published, ...change }] });
  const endless = (): Response => {
    const chunk = new Uint8Array(65_536).fill(32);
    return new Response(
      new ReadableStream({
        pull: (controller) => {
          controller.enqueue(chunk);
        },
      }),
    );
  };

  it.for<readonly [string, () => Response]>([
    ['an error', () => json({ keys: [first.published] }, 500)],
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: 'https://evil.example.test/' } }),
    ],
    ['no JSON', () => new Response('<html>')],
    ['no object', () => json([])],
    ['no list', () => json({ keys: { k1: first.published } })],
    ['an empty list', () => json({ keys: [] })],
    ['a list of nothing', () => json({ keys: [null, 7, 'k1', []] })],
    ['a key without an id', () => published({ kid: undefined })],
    ['a key to encrypt with', () => published({ use: 'enc' })],
    ['a secret', () => published({ kty: 'oct', k: 'AAAA' })],
    ['a key of a curve', () => published({ kty: 'EC' })],
    ['a key that is none', () => published({ n: '!' })],
    ['a key of an issuer that is no text', () => published({ issuer: [] })],
    ['a key of 1024 bits', () => published({ n: first.published.n?.slice(0, 171) })],
    [
      'more than 256 KiB, the right keys in it',
      () => new Response(JSON.stringify({ keys: [first.published] }) + ' '.repeat(262_144)),
    ],
    ['an answer without end', endless],
  ])('%s', async ([, answer]) => {
    tenant.instead = () => Promise.resolve(answer());
    await expect(tenant.keys().find('k1')).rejects.toMatchObject(unavailable);
  });

  it('but one such entry spoils none of the others', async () => {
    tenant.instead = () =>
      Promise.resolve(
        json({ keys: [null, { kty: 'EC', kid: 'k0' }, first.published, { kty: 'RSA', kid: 'k3' }] }),
      );
    expect(await tenant.keys().find('k1')).toBeDefined();
  });
});
