import { describe, expect, it } from 'vitest';
import { OcelotIdentitySource, PROOF_HEADER } from '../../../adapters/identity-ocelot/index.ts';
import type { HttpHeaders } from '../../../adapters/http/index.ts';
import { parseClientId } from '../../../core/index.ts';
import { MemoryApplicationDirectory } from '../../support/memory-application-directory.ts';
import {
  asApplication,
  asUser,
  client,
  headersOf,
  NEXT_PROOF,
  onTheWire,
  PROOF,
  servicePrincipal,
  user,
  withLine,
} from '../../support/ocelot-callers.ts';
import { callerOf, CountingDirectory, ocelotSource } from '../../support/ocelot-source.ts';

/*
 * One law for every way to pass for somebody else behind Ocelot, each against a request that is right but for that. The
 * same laws against the running service: tests/e2e/spoofs.test.ts.
 */
const VICTIM = 'bad00000-0000-4000-8000-000000000bad';
const AZURE_CLI = parseClientId('04b07795-8ddb-461a-bbee-02f9e1bf7b46');
const noMail = { 'x-bayer-user': undefined, 'user-profile': undefined };

/** The reason, and that nobody was asked about whom the request claims to be. */
async function refusal(headers: HttpHeaders): Promise<unknown> {
  const directory = new CountingDirectory();
  const outcome = await callerOf(headers, ocelotSource({ directory }));
  expect(directory.lookUps).toBe(0);
  return outcome;
}

describe('a spoofed name', () => {
  it('underscore: client_id, which slips past proxies that strip client-id, is a rejection', async () => {
    expect(await refusal(withLine(asApplication(), 'client_id', VICTIM))).toBe('identity_header_lookalike');
  });

  it('dot: client.id, which some frameworks read as client-id, is a rejection', async () => {
    expect(await refusal(withLine(asApplication(), 'client.id', VICTIM))).toBe('identity_header_lookalike');
  });
});

describe('a spoofed second value', () => {
  it('case-variant duplicate: CLIENT-ID beside client-id is a rejection, whichever comes first', async () => {
    const real = [...asApplication()].flatMap(([name, values]) =>
      values.map((value) => [name, value] as const),
    );
    for (const lines of [
      [...real, ['CLIENT-ID', VICTIM] as const],
      [['CLIENT-ID', VICTIM] as const, ...real],
    ]) {
      expect(await refusal(headersOf(lines))).toBe('identity_header_repeated');
    }
  });

  it('plain duplicate: a second client-id or user-id is a rejection', async () => {
    expect(await refusal(withLine(asApplication(), 'client-id', VICTIM))).toBe('identity_header_repeated');
    expect(await refusal(withLine(asApplication(), 'user-id', VICTIM))).toBe('identity_header_repeated');
  });

  it('comma: two values that a proxy joined are a rejection', async () => {
    expect(await refusal(asApplication({ 'client-id': `${client}, ${VICTIM}` }))).toBe('client_id_malformed');
    expect(await refusal(asApplication({ 'user-id': `${servicePrincipal},${VICTIM}` }))).toBe(
      'user_id_malformed',
    );
    const joined = { 'x-bayer-user': 'ada@example.test,eve@example.test', 'user-profile': undefined };
    expect(await refusal(asUser(joined))).toBe('email_malformed');
  });
});

describe('a spoofed encoding', () => {
  it('latin1: header bytes that are not UTF-8 are a rejection, never replaced', async () => {
    expect(await refusal(asUser({ 'x-bayer-user': 'adä@example.test', 'user-profile': undefined }))).toBe(
      'email_malformed',
    );
    expect(await refusal(asUser({ 'user-profile': '{"displayName":"Jörg"}' }))).toBe('profile_malformed');
  });

  it('overlong UTF-8: a comma or quote in more bytes than it has is a rejection', async () => {
    expect(
      await refusal(asUser({ 'x-bayer-user': 'a\u00c0\u00acb@c.test', 'user-profile': undefined })),
    ).toBe('email_malformed');
  });

  it('full-width digits: what only looks like a GUID is a rejection', async () => {
    expect(await refusal(asApplication({ 'client-id': onTheWire(client.replaceAll('1', '１')) }))).toBe(
      'client_id_malformed',
    );
  });
});

describe('a spoofed origin', () => {
  it('missing proof: perfect identity headers past Ocelot are a rejection', async () => {
    expect(await refusal(asApplication({ [PROOF_HEADER]: undefined }))).toBe('proxy_proof_missing');
  });

  it('wrong proof: a guess is a rejection', async () => {
    expect(await refusal(asApplication({ [PROOF_HEADER]: 'a'.repeat(PROOF.length) }))).toBe(
      'proxy_proof_wrong',
    );
  });

  it('old proof: the secret that was rotated out is a rejection', async () => {
    const rotated = ocelotSource({ proof: { secrets: [new TextEncoder().encode(NEXT_PROOF)] } });
    expect(await callerOf(asApplication({ [PROOF_HEADER]: NEXT_PROOF }), rotated)).toMatchObject({
      kind: 'application',
    });
    expect(await callerOf(asApplication({ [PROOF_HEADER]: PROOF }), rotated)).toBe('proxy_proof_wrong');
  });

  it('proof twice: one of the two may be the caller’s, so it is a rejection', async () => {
    expect(await refusal(withLine(asApplication(), PROOF_HEADER, PROOF))).toBe('proxy_proof_wrong');
  });
});

describe('a spoofed profile', () => {
  it('profile mismatch, user_id: a profile of another user is a rejection', async () => {
    const profile = JSON.stringify({ user_id: VICTIM });
    expect(await refusal(asUser({ ...noMail, 'user-profile': profile }))).toBe('profile_contradicts_user_id');
    expect(await refusal(asApplication({ 'user-id': undefined, 'user-profile': profile }))).toBe(
      'profile_contradicts_user_id',
    );
  });

  it('profile mismatch, e-mail: a profile with another address is a rejection', async () => {
    const profile = JSON.stringify({ email: 'eve@example.test' });
    expect(await refusal(asUser({ 'user-profile': profile }))).toBe('profile_contradicts_email');
    expect(await refusal(asUser({ ...noMail, 'user-profile': profile }))).toBe('profile_contradicts_email');
  });
});

describe('a user who poses as an application', () => {
  it('by a token without e-mail: is the user still', async () => {
    expect(await callerOf(asUser(noMail))).toEqual({ kind: 'user', clientId: client, userId: user });
  });

  it('by no user-id at all: is nobody’s application', async () => {
    expect(await callerOf(asApplication({ 'user-id': undefined }))).toEqual({
      kind: 'user',
      clientId: client,
    });
  });

  it('by signing in with the Azure CLI: a client that every developer shares is never an application', async () => {
    const headers = asApplication({ 'client-id': AZURE_CLI });
    const entry = { servicePrincipalId: servicePrincipal, preAuthorized: [] };
    const directory = new MemoryApplicationDirectory([[AZURE_CLI, entry]]);
    const source = new OcelotIdentitySource({
      proof: { secrets: [new TextEncoder().encode(PROOF)] },
      evidence: 'directory',
      directory,
    });
    expect(await callerOf(headers, source)).toEqual({
      kind: 'user',
      clientId: AZURE_CLI,
      userId: servicePrincipal,
    });
  });
});
