import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentNameOf, ownerOf, parseOperatorNote } from '../../core/index.ts';
import { clientIds, emails, objectIds } from '../support/arbitraries.ts';

const invalid = expect.objectContaining({ code: 'invalid_request' }) as Error;

describe('an operator’s reason', () => {
  it.each([
    'OPS-1',
    'leaked secret, see https://tickets.example/OPS-1',
    'Schlüssel verloren',
    'x'.repeat(200).replaceAll('xxxx', 'xxx '),
  ])('may be %j', (text) => {
    expect(parseOperatorNote(` ${text} `)).toBe(text.trim());
  });

  it.each([
    ['nothing', '   '],
    ['too much', 'word '.repeat(41)],
    ['two lines', 'one\ntwo'],
    ['a line separator', 'one\u2028two'],
    ['a terminal sequence', '\u001b[31mred'],
    ['a character that turns text around', 'a\u202Eb'],
    ['half a character', 'a\uD800'],
    ['an e-mail address', 'asked by ada@example.test'],
    ['a token', 'eyJhbGciOiJIUzI1NiJ9'],
    ['a key', 'lost 0123456789abcdef0123456789abcdef01234'],
  ])('is not %s', (_what, text) => {
    expect(() => parseOperatorNote(text)).toThrow(invalid);
  });

  it.each([
    ['as it is', (id: string) => id],
    ['in capitals', (id: string) => id.toUpperCase()],
    ['in braces', (id: string) => `{${id}}`],
    ['without hyphens', (id: string) => id.replaceAll('-', '')],
    ['with dashes', (id: string) => id.replaceAll('-', '\u2013')],
    ['as an identity', (id: string) => `user-${id}`],
    ['within a word', (id: string) => `x${id}y`],
  ])('never holds a GUID, and says that it is one: %s', (_how, written) => {
    const around = fc.stringMatching(/^[ a-z:]{0,20}$/);
    fc.assert(
      fc.property(around, objectIds, around, (before, id, after) => {
        const text = `${before}${written(id)}${after}`;
        expect(() => parseOperatorNote(text)).toThrow('a reason holds no ids');
        expect(() => parseOperatorNote(text)).toThrow(invalid);
      }),
    );
  });

  it('never holds an e-mail address, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.string(), emails, fc.string(), (before, email, after) => {
        expect(() => parseOperatorNote(`${before}${email}${after}`)).toThrow(invalid);
      }),
    );
  });

  it('repeats nothing of what it refuses', () => {
    const refusal = (): string => {
      try {
        return parseOperatorNote('canary@example.test');
      } catch (error) {
        return String(error);
      }
    };
    expect(refusal()).not.toContain('canary');
  });
});

describe('the owner of an agent', () => {
  it('is whoever its name was made of', () => {
    fc.assert(
      fc.property(clientIds, fc.option(objectIds, { nil: undefined }), (clientId, userId) => {
        const expected = { clientId, ...(userId === undefined ? {} : { userId }) };
        expect(ownerOf(agentNameOf(clientId, userId))).toEqual(expected);
      }),
    );
  });
});
