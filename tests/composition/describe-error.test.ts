import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeError } from '../../composition/logger.ts';
import { LkpsError } from '../../core/index.ts';

const CANARY = 'canary-token';

describe('describeError', () => {
  it('keeps kind, code, place and cause', () => {
    const cause = Object.assign(new RangeError(CANARY), { code: '23505' });
    const error = new LkpsError('audit_unavailable', 'the database is gone', { cause });
    expect(describeError(error)).toMatchObject({
      type: 'LkpsError',
      code: 'audit_unavailable',
      reason: 'the database is gone',
      cause: { type: 'RangeError', code: '23505' },
    });
    expect(JSON.stringify(describeError(error)?.['at'])).toContain('describe-error.test.ts');
  });

  it('never carries the message of an error that is not ours, whatever it looks like', () => {
    const kinds = fc.constantFrom(Error, TypeError, RangeError, SyntaxError);
    const around = fc.constantFrom('', '\n', '\n    at ', '\n    at f (', ' ', '\r\n\tat ', 'x', '\u2028');
    fc.assert(
      fc.property(kinds, around, around, fc.nat(3), (Kind, before, after, depth) => {
        const innermost: Error = new Kind(`${before}${CANARY}${after}`);
        const error = Array.from({ length: depth }).reduce<Error>(
          (cause) => new Kind(`${before}${CANARY}`, { cause }),
          innermost,
        );
        expect(JSON.stringify(describeError(error))).not.toContain(CANARY);
      }),
    );
  });

  it.each([CANARY, { message: CANARY }, [CANARY], Symbol(CANARY), null, 1n])(
    'says of %s only what type it is',
    (thrown) => {
      expect(describeError(thrown)).toEqual({ type: typeof thrown });
    },
  );

  it('says nothing of nothing', () => {
    expect(describeError(undefined)).toBeUndefined();
  });

  it('comes to an end with errors that cause each other', () => {
    const error = new Error('a');
    error.cause = new Error('b', { cause: error });
    expect(JSON.stringify(describeError(error))).toContain('"type":"Error"');
  });
});
