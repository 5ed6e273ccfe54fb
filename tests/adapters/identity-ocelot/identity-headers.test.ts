import { describe, expect, it } from 'vitest';
import type { HttpHeaders } from '../../../adapters/http/index.ts';
import { PROOF_HEADER } from '../../../adapters/identity-ocelot/index.ts';
import {
  asApplication,
  asUser,
  client,
  headersOf,
  onTheWire,
  PROOF,
  servicePrincipal,
  user,
  withLine,
} from '../../support/ocelot-callers.ts';
import { callerOf, CountingDirectory, ocelotSource } from '../../support/ocelot-source.ts';

const OTHER = 'bad00000-0000-4000-8000-000000000bad';
const IDENTITY_HEADERS = ['client-id', 'user-id', 'x-bayer-user', 'user-profile'] as const;

/** The rejection, and that nobody was asked about the caller on the way to it. */
async function rejection(headers: HttpHeaders): Promise<unknown> {
  const directory = new CountingDirectory();
  const outcome = await callerOf(headers, ocelotSource({ directory }));
  expect(directory.lookUps).toBe(0);
  return outcome;
}

describe('rule 2: each identity header at most once', () => {
  it.for(IDENTITY_HEADERS)('rejects a second %s, also one that says the same', async (name) => {
    for (const value of [OTHER, asUser().get(name)?.[0] ?? '']) {
      expect(await rejection(withLine(asUser(), name, value))).toBe('identity_header_repeated');
    }
  });

  it.for(IDENTITY_HEADERS)('rejects a second %s in another case', async (name) => {
    const lines = [...asUser()].flatMap(([key, values]) => values.map((value) => [key, value] as const));
    const repeated = headersOf([...lines, [name.toUpperCase(), asUser().get(name)?.[0] ?? '']]);
    expect(await rejection(repeated)).toBe('identity_header_repeated');
  });

  it('never picks one of two, first or last', async () => {
    const before = headersOf([
      [PROOF_HEADER, PROOF],
      ['Client-Id', OTHER],
      ['CLIENT-ID', client],
      ['user-id', servicePrincipal],
    ]);
    expect(await rejection(before)).toBe('identity_header_repeated');
  });

  it('rejects a comma in an id: two values that someone joined', async () => {
    for (const joined of [`${client}, ${OTHER}`, `${client},${client}`, `${client},`, `,${client}`]) {
      expect(await rejection(asApplication({ 'client-id': joined }))).toBe('client_id_malformed');
      expect(await rejection(asApplication({ 'user-id': joined }))).toBe('user_id_malformed');
    }
    expect(
      await rejection(asUser({ 'x-bayer-user': 'a@b.test,ada@example.test', 'user-profile': undefined })),
    ).toBe('email_malformed');
  });
});

describe('rule 3: no header that other software may take for an identity header', () => {
  const LOOKALIKES = [
    ...[
      'client_id',
      'client.id',
      'clientid',
      'cl-ient-id',
      'client--id',
      '-client-id',
      'client-id_',
      'CLIENT_ID',
    ],
    ...['user_id', 'user.id', 'userid', 'USERID', 'u.s.e.r_i-d'],
    ...['x_bayer_user', 'x.bayer.user', 'x.bayer-user', 'xbayeruser', 'x-bayeruser', 'X_Bayer-User'],
    ...['user_profile', 'user.profile', 'userprofile', 'User_Profile'],
  ];

  it.for(LOOKALIKES)('rejects %s beside the real ones', async (name) => {
    expect(await rejection(headersOf([...lines(asUser()), [name, OTHER]]))).toBe('identity_header_lookalike');
    expect(await rejection(headersOf([[name, ''], ...lines(asApplication())]))).toBe(
      'identity_header_lookalike',
    );
  });

  it.for(LOOKALIKES)('rejects %s in place of the real one', async (name) => {
    expect(
      await rejection(
        headersOf([
          [PROOF_HEADER, PROOF],
          [name, client],
        ]),
      ),
    ).toBe('identity_header_lookalike');
  });

  it('lets names pass that only begin or end alike', async () => {
    const more = {
      'client-ids': OTHER,
      'x-client-id': OTHER,
      'user-idx': OTHER,
      'user-profile-url': 'x',
      user: OTHER,
    };
    expect(await callerOf(asApplication(more))).toEqual({ kind: 'application', clientId: client });
  });
});

describe('rule 4: ids are GUIDs, an address is bounded text', () => {
  const NOT_GUIDS = [
    ...[
      '',
      'x',
      client.slice(1),
      `${client}0`,
      client.replaceAll('-', ''),
      `{${client}}`,
      `urn:uuid:${client}`,
    ],
    ...[
      client.replace('c', 'g'),
      client.replace('-', '–'),
      ` ${client}`,
      `${client} `,
      `${client}\0`,
      `${client}\t`,
    ],
    ...[
      'null',
      'undefined',
      '*',
      '../..',
      `${client}/../${OTHER}`,
      onTheWire('ｃ11e0000-0000-4000-8000-000000000001'),
    ],
  ];

  it('requires a client-id', async () => {
    expect(await rejection(asApplication({ 'client-id': undefined }))).toBe('client_id_missing');
    expect(await rejection(headersOf([[PROOF_HEADER, PROOF]]))).toBe('client_id_missing');
  });

  it.for(NOT_GUIDS)('rejects %j as either id', async (id) => {
    expect(await rejection(asApplication({ 'client-id': id }))).toBe('client_id_malformed');
    expect(await rejection(asApplication({ 'user-id': id }))).toBe('user_id_malformed');
  });

  it('takes ids in any case for the same caller', async () => {
    const shouted = asApplication({
      'client-id': client.toUpperCase(),
      'user-id': servicePrincipal.toUpperCase(),
    });
    expect(await callerOf(shouted)).toEqual({ kind: 'application', clientId: client });
  });

  it('rejects an address that is too long, has control characters or is not UTF-8', async () => {
    const tooLong = `${'a'.repeat(250)}@b.test`;
    for (const email of [tooLong, 'a\tb@c.test', 'a\u0001@b.test', 'a\u007f@b.test', 'ad\u00e4@b.test']) {
      const headers = asUser({ 'x-bayer-user': email, 'user-profile': undefined });
      expect(await rejection(headers)).toBe('email_malformed');
    }
  });

  it('reads an address as UTF-8', async () => {
    const headers = asUser({ 'x-bayer-user': onTheWire('adä@example.test'), 'user-profile': undefined });
    expect(await callerOf(headers)).toEqual({
      kind: 'user',
      clientId: client,
      userId: user,
      email: 'adä@example.test',
    });
  });
});

function lines(headers: HttpHeaders): readonly (readonly [string, string])[] {
  return [...headers].flatMap(([name, values]) => values.map((value) => [name, value] as const));
}
