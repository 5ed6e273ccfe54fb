import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identifyVerified, readEntraClaims } from '../../core/index.ts';
import { AS_APPLICATION, AS_USER, CLAIMS_NOW, TRUST } from '../support/entra-claims.ts';
import { client, user } from '../support/ocelot-callers.ts';

function rolesOf(roles: unknown): readonly string[] | string {
  const read = readEntraClaims({ ...AS_APPLICATION, roles }, TRUST, CLAIMS_NOW);
  return typeof read === 'string' ? read : [...read.roles];
}

const role = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((text) => !/\s/u.test(text));

describe('the roles of a token', () => {
  it.for<readonly [string, unknown, readonly string[]]>([
    ['none', undefined, []],
    ['an empty list', [], []],
    ['a list, as Entra signs it', ['Session.Start', 'Agent.Register'], ['Session.Start', 'Agent.Register']],
    [
      'a list, as API Gateway writes it',
      '[Session.Start Agent.Register]',
      ['Session.Start', 'Agent.Register'],
    ],
    ['one, as API Gateway writes it', '[Session.Start]', ['Session.Start']],
    ['none, as API Gateway writes it', '[]', []],
  ])('are: %s', ([, claim, roles]) => {
    expect(rolesOf(claim)).toEqual(roles);
  });

  it.for<readonly [string, unknown]>([
    ['a bare text', 'Session.Start'],
    ['two with more than a space between', '[a  b]'],
    ['a space at the end', '[a ]'],
    ['a tab', '[a\tb]'],
    ['a line break', '[a\nb]'],
    ['a text that ends too late', '[a] b'],
    ['a number', 7],
    ['an object', { 0: 'Session.Start', length: 1 }],
    ['a list of lists', [['Session.Start']]],
    ['an empty role', ['']],
    ['a role with white space', ['Session Start']],
    ['a very long role', ['x'.repeat(257)]],
    ['a very long list', Array.from({ length: 1025 }, (_, index) => `r${index}`)],
    ['null', null],
  ])('are never guessed: %s makes the claims malformed', ([, claim]) => {
    expect(rolesOf(claim)).toBe('claim_malformed');
  });

  it('are the same by either spelling', () => {
    fc.assert(
      fc.property(fc.uniqueArray(role, { maxLength: 5 }), (roles) => {
        expect(rolesOf(`[${roles.join(' ')}]`)).toEqual(rolesOf(roles));
      }),
    );
  });

  it('of JSON in a text are none that anybody asks for', () => {
    expect(rolesOf('["Session.Start","x"]')).not.toContain('Session.Start');
  });
});

describe('a required role', () => {
  const identify = (claims: object, role?: string) => {
    const read = readEntraClaims({ ...claims }, TRUST, CLAIMS_NOW);
    return typeof read === 'string' ? read : identifyVerified(read, role);
  };
  const application = { kind: 'application', clientId: client };

  it('is asked of applications and users alike, and known by who lacks it', () => {
    expect(identify(AS_APPLICATION, 'Use')).toEqual({ outcome: 'role_missing', principal: application });
    expect(identify(AS_USER, 'Use')).toMatchObject({
      outcome: 'role_missing',
      principal: { kind: 'user', clientId: client, userId: user },
    });
    expect(identify({ ...AS_APPLICATION, roles: ['Use'] }, 'Use')).toEqual({
      outcome: 'identified',
      principal: application,
    });
    expect(identify({ ...AS_USER, roles: ['x', 'Use'] }, 'Use')).toMatchObject({ outcome: 'identified' });
  });

  it('is exactly that role, in its own case and whole', () => {
    for (const roles of [['use'], ['Use.All'], ['Us'], ['[Use]'], '[xUse]', '[Use,x]', '["Use"]']) {
      expect(identify({ ...AS_APPLICATION, roles }, 'Use')).toMatchObject({ outcome: 'role_missing' });
    }
  });

  it('that nobody asks for keeps nobody out', () => {
    expect(identify(AS_APPLICATION)).toEqual({ outcome: 'identified', principal: application });
  });
});
