import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  END_REASONS,
  foldSession,
  SESSION_STATES,
  type SessionFact,
  type SessionState,
  type SessionStatus,
} from '../../core/index.ts';
import { SessionModel } from '../support/platform-session-model.ts';
import { sessionLives } from '../support/session-arbitraries.ts';

describe('invariant 4: what facts come to', () => {
  it('is the same in every order and number, and what a plain ledger says', () => {
    fc.assert(
      fc.property(sessionLives(), fc.infiniteStream(fc.nat()), ({ intent, facts }, random) => {
        const model = new SessionModel(intent);
        facts.forEach((fact) => {
          model.learn(fact);
        });
        const told = shuffled([...facts, ...facts.slice(0, facts.length / 2)], random);
        expect(foldSession(intent, told)).toStrictEqual(foldSession(intent, facts));
        expect(foldSession(intent, told)).toEqual(model.status());
      }),
      { numRuns: 1000 },
    );
  });

  it('only moves up the lattice while one life of the room rules and no failed start turns out granted', () => {
    fc.assert(
      fc.property(sessionLives(), ({ intent, facts }) => {
        for (let known = 1; known < facts.length; known += 1) {
          const before = foldSession(intent, facts.slice(0, known));
          const after = foldSession(intent, facts.slice(0, known + 1));
          if (before.roomSid === after.roomSid && !isGrantAfterFailure(facts[known], before.state)) {
            expect(rank(after.state)).toBeGreaterThanOrEqual(rank(before.state));
            expect(reasonRank(after)).toBeGreaterThanOrEqual(reasonRank(before));
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

function isGrantAfterFailure(fact: SessionFact | undefined, before: SessionState): boolean {
  return fact?.kind === 'token_granted' && before === 'failed';
}

/** An end reason is only ever replaced by one that says more; with `failed`, above all, there is none. */
function reasonRank({ state, endReason }: SessionStatus): number {
  return state === 'failed' ? END_REASONS.length : END_REASONS.findIndex((known) => known === endReason);
}

function rank(state: SessionState): number {
  return SESSION_STATES.indexOf(state);
}

function shuffled<T>(values: readonly T[], random: fc.Stream<number>): readonly T[] {
  const keys = [...random.take(values.length)];
  return values
    .map((value, index) => ({ value, key: keys[index] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}
