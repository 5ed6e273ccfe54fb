import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { ApplicationDirectory, ClientId, ObjectId } from '../../core/index.ts';
import { clientIds, holds, objectIds } from '../support/arbitraries.ts';
import { lawsOf, type ContractOptions } from '../support/laws.ts';

export interface ApplicationDirectorySubject {
  readonly directory: ApplicationDirectory;
  readonly close: () => Promise<void>;
}

/** What a directory knows of one application. */
export interface KnownApplication {
  readonly application: ClientId;
  readonly servicePrincipalId: ObjectId;
  readonly preAuthorized: readonly ClientId[];
}

export type OpenDirectory = (known: readonly KnownApplication[]) => Promise<ApplicationDirectorySubject>;

/** Applications that pre-authorise each other and strangers. */
const worlds: fc.Arbitrary<readonly KnownApplication[]> = fc
  .uniqueArray(clientIds, { minLength: 1, maxLength: 6 })
  .chain((ids) => {
    const clients = fc.array(fc.oneof(fc.constantFrom(...ids), clientIds), { maxLength: 5 });
    return fc
      .array(fc.tuple(objectIds, clients), { minLength: ids.length, maxLength: ids.length })
      .map((drawn) =>
        drawn.flatMap(([servicePrincipalId, preAuthorized], index) => {
          const application = ids[index];
          return application === undefined ? [] : [{ application, servicePrincipalId, preAuthorized }];
        }),
      );
  });

/** What every ApplicationDirectory promises. An adapter's own test file is one call to this. */
export function describeApplicationDirectory(
  adapter: string,
  open: OpenDirectory,
  options?: ContractOptions,
): void {
  describe(`ApplicationDirectory contract: ${adapter}`, () => {
    const law = lawsOf(options);

    /** Opens a directory of its own for every run of the law. */
    const inEvery = <T>(
      inputs: fc.Arbitrary<T>,
      known: (input: T) => readonly KnownApplication[],
      check: (directory: ApplicationDirectory, input: T) => Promise<void>,
    ): Promise<void> =>
      holds(
        inputs,
        async (input) => {
          const { directory, close } = await open(known(input));
          await check(directory, input).finally(close);
        },
        { numRuns: 50 },
      );

    law('knows of each application its own service principal and its own clients, no more', () =>
      inEvery(
        worlds,
        (world) => world,
        async (directory, world) => {
          for (const { application, servicePrincipalId, preAuthorized } of world) {
            expect(await directory.findServicePrincipalId(application)).toBe(servicePrincipalId);
            for (const client of [application, ...preAuthorized]) {
              const found = await directory.findPreAuthorization(application, client);
              expect(found).toMatchObject({ outcome: 'known', clients: new Set(preAuthorized) });
            }
          }
        },
      ),
    );

    law('knows nothing of an application that is not in it, whoever else names it', () =>
      inEvery(
        fc.tuple(worlds, clientIds),
        ([world, stranger]) => world.filter(({ application }) => application !== stranger),
        async (directory, [world, stranger]) => {
          expect(await directory.findServicePrincipalId(stranger)).toBeUndefined();
          const [{ application: client } = { application: stranger }] = world;
          expect(await directory.findPreAuthorization(stranger, client)).toMatchObject({
            outcome: 'unknown',
            reason: 'agent_not_in_directory',
          });
        },
      ),
    );

    law('says where an answer comes from and since when it is so', () =>
      inEvery(
        worlds,
        (world) => world,
        async (directory, world) => {
          for (const { application } of world) {
            const found = await directory.findPreAuthorization(application, application);
            expect(found.source).toMatch(/^[a-z]+$/);
            expect(found.fetchedAt).toBeInstanceOf(Date);
          }
        },
      ),
    );

    law('answers the same to everybody who asks at once', () =>
      inEvery(
        worlds,
        (world) => world,
        async (directory, world) => {
          const asked = world.flatMap(({ application }) => [application, application, application]);
          const found = await Promise.all(asked.map((app) => directory.findServicePrincipalId(app)));
          const expected = world.flatMap(({ servicePrincipalId: id }) => [id, id, id]);
          expect(found).toEqual(expected);
        },
      ),
    );
  });
}
