import { CANARY_EMAIL } from './canaries.ts';
import { PROOF, STRANGER, USER_ID } from './callers.ts';
import { needsIdentity, type Change, type Effect } from './change.ts';
import type { Header, Message } from './message.ts';
import type { Random } from './random.ts';

/*
 * Who is calling, told wrong: every spoof that Ocelot's headers have to withstand. Only for requests that need to say who is
 * calling; to the others the headers mean nothing.
 */

const IDENTITY = ['client-id', 'user-id', 'x-bayer-user', 'user-profile'];
const LOOKALIKES = [
  ...[
    'client_id',
    'Client_Id',
    'client.id',
    'clientid',
    'CLIENTID',
    'client--id',
    '-client-id',
    'client-id_',
  ],
  ...[
    'user_id',
    'user.id',
    'userid',
    'User_ID',
    'x_bayer_user',
    'x.bayer.user',
    'xbayeruser',
    'X-Bayer_User',
  ],
  ...['user_profile', 'user.profile', 'userprofile', 'USER_PROFILE'],
];

const change = (
  name: string,
  effect: Change['effect'],
  apply: (headers: readonly Header[], random: Random) => readonly Header[],
): Change => ({
  name,
  effect,
  applies: needsIdentity,
  apply: (message, random) => ({ headers: apply(message.headers, random) }),
});

const without = (headers: readonly Header[], name: string): readonly Header[] =>
  headers.filter(([known]) => known !== name);
const replaced = (headers: readonly Header[], name: string, value: string): readonly Header[] =>
  headers.map((header) => (header[0] === name ? [name, value] : header));
const valueOf = (headers: readonly Header[], name: string): string =>
  headers.find(([known]) => known === name)?.[1] ?? '';
const add =
  (...added: readonly Header[]) =>
  (headers: readonly Header[]): readonly Header[] => [...headers, ...added];
const set = (name: string, values: readonly string[]) => (headers: readonly Header[], random: Random) => [
  ...without(headers, name),
  [name, random.pick(values)] as const,
];

/** A user may have a session where the client may; a user is no agent. */
const turnsIntoUser = ({ operation, body }: Message): Effect => {
  if (operation === 'register') {
    return 'breaks';
  }
  return body.includes('participant_identity') ? 'may' : 'keeps';
};

export const IDENTITY_CHANGES: readonly Change[] = [
  change('no proof', 'breaks', (headers) => without(headers, PROOF)),
  change(
    'a wrong proof',
    'breaks',
    set(PROOF, ['', 'x', 'a'.repeat(43), '{{proof}}x', 'x{{proof}}', '{{client-a}}']),
  ),
  change('two proofs', 'breaks', add([PROOF, '{{proof}}'])),
  change('a second, wrong proof', 'breaks', (headers) => [[PROOF, 'again'], ...headers]),
  change('two proofs in one', 'breaks', set(PROOF, ['{{proof}},{{proof}}', '{{proof}}, x'])),
  change("a proof's lookalike", 'breaks', (headers) => [
    ...without(headers, PROOF),
    ['x_lkps_proxy_proof', '{{proof}}'],
  ]),
  change('no client', 'breaks', (headers) => without(headers, 'client-id')),
  change('no user', 'breaks', (headers) =>
    headers.filter(([name]) => !['user-id', 'x-bayer-user', 'user-profile'].includes(name)),
  ),
  change('an identity header twice', 'breaks', (headers, random) => {
    const there = headers.filter(([name]) => IDENTITY.includes(name));
    const twice = there.length === 0 ? (['client-id', '{{client-a}}'] as const) : random.pick(there);
    return [...headers, twice, ...(there.length === 0 ? [twice] : [])];
  }),
  change('an identity header again, in another case', 'breaks', (headers, random) => {
    const name = random.pick(['CLIENT-ID', 'Client-Id', 'client-ID', 'USER-ID', 'User-Id']);
    const again: Header = [name, random.pick([STRANGER, '{{client-a}}', '{{client-a.sp}}'])];
    return random.chance(0.5) ? [again, ...headers] : [...headers, again];
  }),
  {
    ...change('a lookalike', 'breaks', (headers, random) => [
      ...headers,
      [random.pick(LOOKALIKES), random.pick([STRANGER, '{{client-a}}', '{{agent-a}}', '', 'x'])],
    ]),
    weight: 4,
  },
  change('a lookalike instead', 'breaks', (headers, random) => [
    ...without(headers, 'client-id'),
    [random.pick(['client_id', 'client.id', 'clientid']), '{{client-a}}'],
  ]),
  {
    ...change('a client id that is none', 'breaks', (headers, random) => {
      const id = valueOf(headers, 'client-id');
      return replaced(headers, 'client-id', random.pick(notGuids(id)));
    }),
    weight: 3,
  },
  {
    ...change('a user id that is none', 'breaks', (headers, random) => {
      const id = valueOf(headers, 'user-id');
      return replaced(headers, 'user-id', random.pick(notGuids(id)));
    }),
    weight: 2,
  },
  change('an unknown client', 'breaks', set('client-id', [STRANGER])),
  change('ids in upper case', 'keeps', (headers) =>
    headers.map(([name, value]) =>
      name === 'user-id' && value === USER_ID ? [name, USER_ID.toUpperCase()] : [name, value],
    ),
  ),
  change('headers in upper case', 'keeps', (headers) =>
    headers.map(([name, value]) => [IDENTITY.includes(name) ? name.toUpperCase() : name, value]),
  ),
  change('white space around a value', 'keeps', (headers) =>
    headers.map(([name, value]) => (IDENTITY.includes(name) ? [name, ` \t${value} \t`] : [name, value])),
  ),
  change('another user', turnsIntoUser, (headers) => [
    ...headers.filter(([name]) => !['user-id', 'x-bayer-user', 'user-profile'].includes(name)),
    ['user-id', '0d4cfb4e-6b1c-4f2d-9a53-0a1be0c3d9aa'],
  ]),
  change('an e-mail address', turnsIntoUser, (headers) => [
    ...headers.filter(([name]) => !['x-bayer-user', 'user-profile'].includes(name)),
    ['x-bayer-user', CANARY_EMAIL],
  ]),
  change('an e-mail address that is none', 'breaks', (headers, random) =>
    set('x-bayer-user', ['a@b,c@d', `${'x'.repeat(300)}@y`, '\xff\xfe@x', '\xc3', 'a\x80b'])(headers, random),
  ),
  { ...change('a profile that is none', 'breaks', set('user-profile', badProfiles())), weight: 4 },
  change(
    "another's profile",
    'breaks',
    set('user-profile', [
      JSON.stringify({ user_id: STRANGER }),
      JSON.stringify({ email: 'somebody-else@lkps.test' }),
    ]),
  ),
  change(
    'an odd profile',
    'may',
    set('user-profile', [
      '{}',
      '{"__proto__":{"email":"x"}}',
      '{"constructor":1,"toString":[]}',
      `{"user_id":"${STRANGER}","user_id":"${USER_ID}"}`,
      '{"displayName":"\\u0041\\ud83d\\ude00","other":{"deep":[[[[1]]]]}}',
      '{"email":""}',
    ]),
  ),
];

function notGuids(id: string): readonly string[] {
  return [
    ...[
      '',
      'x',
      '0',
      'null',
      '*',
      `{${id}}`,
      `"${id}"`,
      `urn:uuid:${id}`,
      `${id},${id}`,
      `${id}, ${STRANGER}`,
    ],
    ...[`${id}\x0b`, `${id} ${id}`, `${id}\xa0`, `\xef\xbb\xbf${id}`, `${id}0`, `${id};`, `${id}%00`],
    ...['\xef\xbc\x91'.repeat(3), "' or 1=1 --", '{{proof}}', 'ÿ'.repeat(36), 'a'.repeat(9000)],
  ];
}

function badProfiles(): readonly string[] {
  return [
    ...[
      '',
      'null',
      '[]',
      '1',
      '"x"',
      '{',
      '{}{}',
      "{'a':1}",
      '{"email":1}',
      '{"user_id":[]}',
      '{"displayName":{}}',
    ],
    ...['\xff\xfe{}', '{"firstName":"\xe9"}', '{"lastName":"\\u0000"}', '{"displayName":"\\ud800"}'],
    ...[`{"x":"${'y'.repeat(4200)}"}`, '['.repeat(4000), '{"a":'.repeat(800), '=?utf-8?B?e30=?='],
  ];
}
