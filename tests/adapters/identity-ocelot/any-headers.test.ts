import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpHeaders } from '../../../adapters/http/index.ts';
import { PROOF_HEADER } from '../../../adapters/identity-ocelot/index.ts';
import { LkpsError, type Identification } from '../../../core/index.ts';
import { holds } from '../../support/arbitraries.ts';
import {
  asApplication,
  client,
  NEXT_PROOF,
  PROOF,
  servicePrincipal,
  user,
} from '../../support/ocelot-callers.ts';
import { ocelotSource, unavailableDirectory } from '../../support/ocelot-source.ts';

const NAMES = [
  'client-id',
  'user-id',
  'x-bayer-user',
  'user-profile',
  PROOF_HEADER,
  'client_id',
  'userid',
  'accept',
];
const VALUES = [
  client,
  servicePrincipal,
  user,
  PROOF,
  NEXT_PROOF,
  '',
  'ada@example.test',
  '{}',
  `${client},${client}`,
];

/** Header maps as hostile as HTTP allows, and a good deal more so: any characters, any repetition. */
const names = fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: 'binary', maxLength: 20 }));
const values = fc.oneof(
  fc.constantFrom(...VALUES),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.json({ maxDepth: 2 }),
  fc
    .record({ user_id: fc.constantFrom(user, servicePrincipal, null) })
    .map((profile) => JSON.stringify(profile)),
);
const headerMaps: fc.Arbitrary<HttpHeaders> = fc
  .array(fc.tuple(names, fc.array(values, { maxLength: 3 })), { maxLength: 8 })
  .map((entries) => new Map(entries));
const disturbed: fc.Arbitrary<HttpHeaders> = headerMaps.map((more) => new Map([...asApplication(), ...more]));
const anyHeaders = fc.oneof(headerMaps, disturbed);

const SOURCES = [
  ocelotSource(),
  ocelotSource({ evidence: 'headers' }),
  ocelotSource({ directory: unavailableDirectory }),
  ocelotSource({ proof: 'network' }),
];
const runs = { numRuns: 500 };

describe('whatever the headers are', () => {
  it('identify answers, or rejects with an LkpsError', () =>
    holds(
      fc.tuple(anyHeaders, fc.constantFrom(...SOURCES)),
      async ([headers, source]) => {
        const outcome = await source.identify({ headers }).catch((error: unknown) => error);
        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(LkpsError);
          expect(outcome).toMatchObject({ code: 'authorization_unavailable' });
        } else {
          expect(outcome).toHaveProperty('outcome', expect.stringMatching(/^(identified|rejected)$/));
        }
      },
      runs,
    ));

  it('nobody is identified without the one right proof', () =>
    holds(
      anyHeaders,
      async (headers) => {
        const identification = await ocelotSource().identify({ headers });
        if (identification.outcome === 'identified') {
          expect([[PROOF], [NEXT_PROOF]]).toContainEqual(headers.get(PROOF_HEADER));
        }
      },
      runs,
    ));

  it('nobody is an application but by exactly its own client-id and service principal', () =>
    holds(
      anyHeaders,
      async (headers) => {
        if (isApplication(await ocelotSource().identify({ headers }))) {
          expect(headers.get('client-id')?.map(lower)).toEqual([client]);
          expect(headers.get('user-id')?.map(lower)).toEqual([servicePrincipal]);
          expect(headers.get('x-bayer-user')?.[0] ?? '').toBe('');
        }
      },
      runs,
    ));

  it('the same headers mean the same caller', () =>
    holds(anyHeaders, async (headers) => {
      const source = ocelotSource();
      expect(await source.identify({ headers })).toEqual(
        await source.identify({ headers: new Map(headers) }),
      );
    }));
});

function isApplication(identification: Identification): boolean {
  return identification.outcome === 'identified' && identification.principal.kind === 'application';
}

function lower(text: string): string {
  return text.toLowerCase();
}
