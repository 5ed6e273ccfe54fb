import { describe, expect, it } from 'vitest';
import type { Principal } from '../../../core/index.ts';
import { asApplication, asUser, client, onTheWire, user } from '../../support/ocelot-callers.ts';
import { callerOf, CountingDirectory, ocelotSource } from '../../support/ocelot-source.ts';

const OTHER = 'bad00000-0000-4000-8000-000000000bad';
const ada: Principal = { kind: 'user', clientId: client, userId: user, email: 'ada@example.test' };

/** Who Ada is with this profile; nobody is asked about a caller whose profile is rejected. */
async function whoIs(profile: string): Promise<Principal | string> {
  const directory = new CountingDirectory();
  const caller = await callerOf(asUser({ 'user-profile': profile }), ocelotSource({ directory }));
  expect(directory.lookUps).toBe(0);
  return caller;
}
const withFields = (fields: object): Promise<Principal | string> => whoIs(onTheWire(JSON.stringify(fields)));

describe('rule 5: user-profile is a small JSON object of known text fields', () => {
  it.for([
    ...[
      '',
      '{',
      'null',
      '[]',
      '"text"',
      '1',
      'true',
      '{}{}',
      "{'a':1}",
      '{"a":1,}',
      'undefined',
      '[{}]',
      '%7B%7D',
    ],
    ...['{"displayName":"\\x"}', '{"displayName":"\t"}'],
  ])('rejects %j', async (profile) => {
    expect(await whoIs(profile)).toBe('profile_malformed');
  });

  it('takes up to 4 KiB, and not a byte more', async () => {
    const padded = (bytes: number): string => `{"other":"${'x'.repeat(bytes - 12)}"}`;
    expect(padded(4096).length).toBe(4096);
    expect(await whoIs(padded(4096))).toEqual(ada);
    expect(await whoIs(padded(4097))).toBe('profile_malformed');
    const umlauts = onTheWire(`{"other":"${'ä'.repeat(2043)}"}`);
    expect(umlauts.length).toBe(4098);
    expect(await whoIs(umlauts)).toBe('profile_malformed');
  });

  it.for(['firstName', 'lastName', 'displayName', 'email', 'user_id'])(
    'rejects anything but text or null in %s',
    async (field) => {
      for (const value of [1, 0, true, false, [], ['a'], {}, { toString: 'a' }]) {
        expect(await withFields({ [field]: value })).toBe('profile_malformed');
      }
      expect(await withFields({ [field]: null })).toEqual(ada);
      expect(await withFields({ [field]: '' })).toEqual(ada);
    },
  );

  it.for(['firstName', 'lastName', 'displayName', 'email', 'user_id'])(
    'rejects control characters and halves of characters in %s, however they are written',
    async (field) => {
      for (const escaped of ['\\u0000', '\\n', '\\u001b[2J', '\\u0085', '\\ud83d', '\\udc00x']) {
        expect(await whoIs(`{"${field}":"a${escaped}"}`)).toBe('profile_malformed');
      }
    },
  );

  it('ignores fields it does not know, whatever is in them', async () => {
    const unknown = {
      department: 1,
      manager: null,
      groups: ['a'],
      User_Id: OTHER,
      userId: OTHER,
      constructor: { a: 1 },
    };
    expect(await withFields(unknown)).toEqual(ada);
    expect(
      await whoIs(`{"__proto__":{"email":"eve@example.test","user_id":"${OTHER}"},"x":"\\u0000"}`),
    ).toEqual(ada);
  });

  it('reads bytes as UTF-8, and rejects them when they are not', async () => {
    expect(await withFields({ displayName: 'Ünï 😀' })).toEqual({ ...ada, displayName: 'Ünï 😀' });
    expect(await whoIs('{"displayName":"\u00dcn\u00ef"}')).toBe('profile_malformed');
    expect(await whoIs('{"other":"\u00ff"}')).toBe('profile_malformed');
  });

  it('reads \\u escapes, as proxies write them that refuse other bytes', async () => {
    const profile = String.raw`{"displayName":"\u00dcn\u00ef \ud83d\ude00"}`;
    expect(await whoIs(profile)).toEqual({ ...ada, displayName: 'Ünï 😀' });
  });

  it('makes a name of what is there', async () => {
    const names = async (fields: object): Promise<unknown> => {
      const caller = await withFields(fields);
      return typeof caller === 'object' && caller.kind === 'user' ? caller.displayName : caller;
    };
    expect(await names({ firstName: 'Ada', lastName: 'L', displayName: 'AL' })).toBe('AL');
    expect(await names({ firstName: 'Ada', lastName: 'L', displayName: null })).toBe('Ada L');
    expect(await names({ firstName: 'Ada', lastName: null })).toBe('Ada');
    expect(await names({ lastName: 'L' })).toBe('L');
    expect(await names({})).toBeUndefined();
  });
});

describe('rule 6: the profile contradicts no header', () => {
  it('rejects another user id than the header’s', async () => {
    expect(await withFields({ user_id: OTHER })).toBe('profile_contradicts_user_id');
    expect(await withFields({ user_id: `${user} ` })).toBe('profile_contradicts_user_id');
    expect(await withFields({ user_id: user.toUpperCase() })).toEqual(ada);
  });

  it('rejects a user id where the header names none', async () => {
    const profile = JSON.stringify({ user_id: user });
    const headers = asUser({ 'user-id': undefined, 'user-profile': profile });
    expect(await callerOf(headers)).toBe('profile_contradicts_user_id');
  });

  it('rejects another address than the header’s', async () => {
    expect(await withFields({ email: 'eve@example.test' })).toBe('profile_contradicts_email');
    expect(await withFields({ email: 'ada@example.test.evil.test' })).toBe('profile_contradicts_email');
    expect(await withFields({ email: 'ADA@EXAMPLE.TEST' })).toEqual(ada);
  });

  it('rejects an address where the header has none', async () => {
    for (const header of [undefined, '']) {
      const headers = asUser({ 'x-bayer-user': header, 'user-profile': '{"email":"ada@example.test"}' });
      expect(await callerOf(headers)).toBe('profile_contradicts_email');
    }
  });

  it('rejects contradictions also of a caller that looks like an application', async () => {
    const headers = asApplication({ 'user-profile': JSON.stringify({ user_id: OTHER }) });
    expect(await callerOf(headers)).toBe('profile_contradicts_user_id');
  });
});
