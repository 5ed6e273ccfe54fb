import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { IdentitySource, Principal } from '../../core/index.ts';
import { lawsOf, type ContractOptions } from '../support/laws.ts';

export interface IdentitySourceSubject<Credential> {
  readonly source: IdentitySource<Credential>;
  /** Credentials that prove who they say, one of each kind of caller at least. */
  readonly proven: readonly { readonly credential: Credential; readonly principal: Principal }[];
  /** Credentials that say the same, and whose origin is not proven. */
  readonly unproven: readonly Credential[];
  /** Missing, doubtful or contradictory. */
  readonly doubtful: readonly Credential[];
  /** How often anybody was asked about a caller so far; undefined where nobody ever is. */
  readonly lookUps?: () => number;
  /** A source whose evidence cannot be had now, and a credential it needs it for; where there is such evidence. */
  readonly withoutEvidence?: {
    readonly source: IdentitySource<Credential>;
    readonly credential: Credential;
  };
  readonly close: () => Promise<void>;
}

/** What every IdentitySource promises. An adapter's own test file is one call to this. */
export function describeIdentitySource<Credential>(
  adapter: string,
  open: () => Promise<IdentitySourceSubject<Credential>>,
  options?: ContractOptions,
): void {
  describe(`IdentitySource contract: ${adapter}`, () => {
    const law = lawsOf(options);
    let subject: IdentitySourceSubject<Credential>;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    law('identifies whoever proves who they are, as exactly that and no more', async () => {
      expect(subject.proven.length).toBeGreaterThan(0);
      for (const { credential, principal } of subject.proven) {
        expect(await subject.source.identify(credential)).toEqual({ outcome: 'identified', principal });
      }
    });

    law('answers the same credential the same way, however often and at once', async () => {
      for (const { credential, principal } of subject.proven) {
        const asked = Array.from({ length: 10 }, () => subject.source.identify(credential));
        for (const identification of await Promise.all(asked)) {
          expect(identification).toEqual({ outcome: 'identified', principal });
        }
      }
    });

    law('rejects a credential whose origin is not proven, and asks nobody about it', async () => {
      expect(subject.unproven.length).toBeGreaterThan(0);
      const before = subject.lookUps?.();
      for (const credential of subject.unproven) {
        await expectRejection(subject.source, credential);
      }
      expect(subject.lookUps?.()).toBe(before);
    });

    law('rejects what is missing, doubtful or contradictory, and repairs none of it', async () => {
      expect(subject.doubtful.length).toBeGreaterThan(0);
      const before = subject.lookUps?.();
      for (const credential of subject.doubtful) {
        await expectRejection(subject.source, credential);
      }
      expect(subject.lookUps?.()).toBe(before);
    });

    law('rejects with authorization_unavailable when the evidence cannot be had', async () => {
      if (subject.withoutEvidence !== undefined) {
        const { source, credential } = subject.withoutEvidence;
        await expect(source.identify(credential)).rejects.toMatchObject({
          name: 'LkpsError',
          code: 'authorization_unavailable',
        });
      }
    });
  });
}

/** The reason is a code, and shows nothing of what the caller sent. */
async function expectRejection<Credential>(
  source: IdentitySource<Credential>,
  credential: Credential,
): Promise<void> {
  const identification = await source.identify(credential);
  const reason: unknown = expect.stringMatching(/^[a-z][a-z_]{0,63}$/);
  expect(identification).toEqual({ outcome: 'rejected', reason });
}
