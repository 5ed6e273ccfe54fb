import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Identification } from '../../../core/index.ts';
import { holds } from '../../support/arbitraries.ts';
import {
  APPLICATION_TOKEN,
  EntraTenant,
  newSigningKey,
  USER_TOKEN,
  V1_APPLICATION_TOKEN,
} from '../../support/entra-tenant.ts';
import { client, headersOf, servicePrincipal, user } from '../../support/ocelot-callers.ts';

let tenant: EntraTenant;
let stranger: EntraTenant;
beforeAll(async () => {
  const [key, foreign] = await Promise.all([newSigningKey('k1'), newSigningKey('k1')]);
  tenant = new EntraTenant(key);
  stranger = new EntraTenant(foreign);
});

async function identify(token: string): Promise<Identification> {
  return tenant.source().identify({ headers: headersOf([['authorization', `Bearer ${token}`]]) });
}
const isApplication = (found: Identification): boolean =>
  found.outcome === 'identified' && found.principal.kind === 'application';

const values = fc.oneof(
  fc.constantFrom<unknown>(client, user, servicePrincipal, 'app', 'user', '', 'access_as_user', '1.0', '2.0'),
  fc.constantFrom<unknown>(null, undefined, true, 0, [], {}, [client], 'ada@example.test'),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const NAMES = ['idtyp', 'scp', 'oid', 'sub', 'appid', 'azp', 'email', 'name', 'ver', 'iss', 'roles', 'tid'];
/** A good token, and anything at all in any of its claims. */
const disturbed = fc
  .tuple(
    fc.constantFrom<object>(APPLICATION_TOKEN, V1_APPLICATION_TOKEN, USER_TOKEN),
    fc.dictionary(fc.constantFrom(...NAMES), values, { maxKeys: 4 }),
  )
  .map(([claims, changes]): Readonly<Record<string, unknown>> => ({ ...claims, ...changes }));
const runs = { numRuns: 500 };

describe('whatever a token says', () => {
  it('nobody is an application but by the word of Entra: its kind, or no scope and its own object id', () =>
    holds(
      disturbed,
      async (claims) => {
        if (isApplication(await identify(await tenant.sign(claims)))) {
          const { idtyp, scp, oid, sub, email, name } = claims;
          expect(scp).toBeUndefined();
          expect(email ?? '').toBe('');
          expect(name ?? '').toBe('');
          const actsForItself = idtyp === undefined && oid !== undefined && oid === sub;
          expect(idtyp === 'app' || actsForItself).toBe(true);
        }
      },
      runs,
    ));

  it('nobody is anybody when Entra did not sign it', () =>
    holds(disturbed, async (claims) => {
      expect(await identify(await stranger.sign(claims))).toEqual({
        outcome: 'rejected',
        reason: 'signature_wrong',
      });
    }));

  it('nobody is anybody by text of any kind, and each gets an answer', () =>
    holds(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc
          .array(fc.base64String({ maxLength: 60 }), { minLength: 3, maxLength: 3 })
          .map((parts) => parts.join('.')),
        fc
          .tuple(fc.json({ maxDepth: 2 }), fc.json({ maxDepth: 2 }))
          .map((parts) => [...parts, 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.')),
      ),
      async (text) => {
        expect(await identify(text)).toMatchObject({ outcome: 'rejected' });
        expect(await tenant.verifier().verify(text)).toMatchObject({ outcome: 'rejected' });
      },
      runs,
    ));

  it('no cut, longer or altered form of a good token is one', () =>
    holds(fc.tuple(fc.nat(), fc.constantFrom('A', 'B', '_', '.')), async ([at, letter]) => {
      const good = await tenant.sign(APPLICATION_TOKEN);
      const index = at % (good.length - 1); // the last letter holds bits that say nothing
      const altered = `${good.slice(0, index)}${letter}${good.slice(index + 1)}`;
      const wrong = [good.slice(0, index), `${good}.${letter}`, ...(altered === good ? [] : [altered])];
      for (const token of wrong) {
        expect(await identify(token)).toMatchObject({ outcome: 'rejected' });
      }
    }));
});
