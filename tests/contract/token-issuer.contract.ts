import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { TokenIssuer } from '../../core/index.ts';
import { holds } from '../support/arbitraries.ts';
import { lawsOf, type ContractOptions } from '../support/laws.ts';
import {
  agentTokenSpecs,
  claimsOf,
  jobTokenSpecs,
  participantTokenSpecs,
  tokenSpecs,
} from '../support/livekit-tokens.ts';

export interface TokenIssuerSubject {
  readonly issuer: TokenIssuer;
  readonly signingKeyId: string;
  /** The claims of a token as somebody reads them who holds the issuer's key, at the time it was issued. */
  readonly verify: (jwt: string, at: Date) => Promise<unknown>;
  /** The same with another key under the same id; must reject. */
  readonly verifyWithAnotherKey: (jwt: string, at: Date) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** LiveKit's grants that no token of the platform ever carries, and those that only a participant's does. */
const NEVER = ['roomCreate', 'roomList', 'roomRecord', 'roomAdmin', 'ingressAdmin', 'hidden', 'recorder'];
const NEVER_FOR_AGENTS = [...NEVER, 'roomJoin', 'room', 'canUpdateOwnMetadata', 'canPublishSources'];

/** What every TokenIssuer promises. An adapter's own test file is one call to this. */
export function describeTokenIssuer(
  adapter: string,
  open: () => Promise<TokenIssuerSubject>,
  options?: ContractOptions,
): void {
  describe(`TokenIssuer contract: ${adapter}`, () => {
    const law = lawsOf(options);
    let subject: TokenIssuerSubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    law('says what the spec says and nothing else, for any spec', () =>
      holds(tokenSpecs, async (spec) => {
        const { jwt } = await subject.issuer.issue(spec);
        const claims = await subject.verify(jwt, spec.issuedAt);
        expect(claims).toEqual(claimsOf(spec, subject.signingKeyId));
      }),
    );

    law('never gives an agent a right to a room or over one', () =>
      holds(agentTokenSpecs, async (spec) => {
        const { jwt } = await subject.issuer.issue(spec);
        const claims = await subject.verify(jwt, spec.issuedAt);
        expect(claims).toHaveProperty('video.agent', true);
        expect(claims).not.toHaveProperty('attributes');
        for (const grant of NEVER_FOR_AGENTS) {
          expect(claims).not.toHaveProperty(['video', grant]);
        }
      }),
    );

    law('never gives a participant more than one room, nor rights over it', () =>
      holds(participantTokenSpecs, async (spec) => {
        const { jwt } = await subject.issuer.issue(spec);
        const claims = await subject.verify(jwt, spec.issuedAt);
        expect(claims).toHaveProperty('video.room', spec.grants.room);
        expect(claims).not.toHaveProperty('roomConfig');
        for (const grant of [...NEVER, 'agent']) {
          expect(claims).not.toHaveProperty(['video', grant]);
        }
      }),
    );

    law('gives an agent the room of one job, and never again the right to be dispatched', () =>
      holds(jobTokenSpecs, async (spec) => {
        const { jwt } = await subject.issuer.issue(spec);
        const claims = await subject.verify(jwt, spec.issuedAt);
        expect(claims).toHaveProperty('kind', 'agent');
        expect(claims).toHaveProperty('video.room', spec.grants.room);
        expect(claims).not.toHaveProperty('roomConfig');
        for (const grant of [...NEVER, 'agent']) {
          expect(claims).not.toHaveProperty(['video', grant]);
        }
      }),
    );

    law('signs, so that nobody takes a token of another key for its own', () =>
      holds(
        tokenSpecs,
        async (spec) => {
          const { jwt } = await subject.issuer.issue(spec);
          await expect(subject.verifyWithAnotherKey(jwt, spec.issuedAt)).rejects.toThrow();
        },
        { numRuns: 20 },
      ),
    );

    law('names the key that signed', () =>
      holds(tokenSpecs, async (spec) => {
        expect((await subject.issuer.issue(spec)).signingKeyId).toBe(subject.signingKeyId);
      }),
    );

    law('gives every spec of a burst its own token', () =>
      holds(
        fc.uniqueArray(tokenSpecs, { selector: ({ tokenId }) => tokenId, minLength: 2, maxLength: 20 }),
        async (specs) => {
          const issued = await Promise.all(specs.map((spec) => subject.issuer.issue(spec)));
          const claims = await Promise.all(
            issued.map(({ jwt }, index) => subject.verify(jwt, specs[index]?.issuedAt ?? new Date(0))),
          );
          expect(claims).toEqual(specs.map((spec) => claimsOf(spec, subject.signingKeyId)));
        },
        { numRuns: 20 },
      ),
    );
  });
}
