import { describe, expect, it } from 'vitest';
import { parseClientId, type ClientId } from '../../../core/index.ts';
import { MemoryApplicationDirectory } from '../../support/memory-application-directory.ts';
import { asApplication, asUser, client, servicePrincipal, user } from '../../support/ocelot-callers.ts';
import {
  callerOf,
  CountingDirectory,
  ocelotSource,
  unavailableDirectory,
} from '../../support/ocelot-source.ts';

const application = { kind: 'application', clientId: client };
const AZURE_CLI = parseClientId('04b07795-8ddb-461a-bbee-02f9e1bf7b46');
const AZURE_POWERSHELL = parseClientId('1950a258-227b-4e31-a9cf-717495945fc2');

describe('rule 7: an application only on positive evidence', () => {
  it('is a caller whose user-id is the service principal of its client-id', async () => {
    expect(await callerOf(asApplication())).toEqual(application);
  });

  it('is not a user whose token has neither e-mail nor name', async () => {
    const bare = asUser({ 'x-bayer-user': undefined, 'user-profile': undefined });
    expect(await callerOf(bare)).toEqual({ kind: 'user', clientId: client, userId: user });
    const empty = asUser({ 'x-bayer-user': '', 'user-profile': '{"email":null,"displayName":""}' });
    expect(await callerOf(empty)).toEqual({ kind: 'user', clientId: client, userId: user });
  });

  it('is not a caller without any user-id, who also gets no identity', async () => {
    const directory = new CountingDirectory();
    const bare = asApplication({ 'user-id': undefined });
    expect(await callerOf(bare, ocelotSource({ directory }))).toEqual({ kind: 'user', clientId: client });
    expect(directory.lookUps).toBe(0);
  });

  it('is not a caller the directory does not know, nor one that is another application’s principal', async () => {
    const unknown = ocelotSource({ directory: new MemoryApplicationDirectory() });
    const asSeen = { kind: 'user', clientId: client, userId: servicePrincipal };
    expect(await callerOf(asApplication(), unknown)).toEqual(asSeen);
    const another = parseClientId('c11e0000-0000-4000-8000-000000000002');
    const entry = { servicePrincipalId: servicePrincipal, preAuthorized: [client] };
    const ofAnother = ocelotSource({ directory: new MemoryApplicationDirectory([[another, entry]]) });
    expect(await callerOf(asApplication(), ofAnother)).toEqual(asSeen);
  });

  it.for([
    ['an e-mail', { 'x-bayer-user': 'ada@example.test' }],
    ['a display name', { 'user-profile': '{"displayName":"Ada"}' }],
    ['a first name', { 'user-profile': '{"firstName":"Ada"}' }],
  ] as const)('is not a caller with %s, whatever the directory says', async ([, more]) => {
    const directory = new CountingDirectory();
    expect(await callerOf(asApplication(more), ocelotSource({ directory }))).toMatchObject({ kind: 'user' });
    expect(directory.lookUps).toBe(0);
  });

  it.for<[string, ClientId]>([
    ['Azure CLI', AZURE_CLI],
    ['Azure PowerShell', AZURE_POWERSHELL],
  ])('is never %s, which every developer shares', async ([, publicClient]) => {
    const entry = { servicePrincipalId: servicePrincipal, preAuthorized: [] };
    const directory = new MemoryApplicationDirectory([[publicClient, entry]]);
    const headers = asApplication({ 'client-id': publicClient });
    const asSeen = { kind: 'user', clientId: publicClient, userId: servicePrincipal };
    expect(await callerOf(headers, ocelotSource({ directory }))).toEqual(asSeen);
    const bare = asApplication({ 'client-id': publicClient.toUpperCase(), 'user-id': undefined });
    expect(await callerOf(bare, ocelotSource({ evidence: 'headers' }))).toMatchObject({ kind: 'user' });
  });

  it('is undecided while the directory cannot be asked, and only where it matters', async () => {
    const source = ocelotSource({ directory: unavailableDirectory });
    await expect(source.identify({ headers: asApplication() })).rejects.toMatchObject({
      code: 'authorization_unavailable',
    });
    expect(await callerOf(asUser(), source)).toMatchObject({ kind: 'user', userId: user });
  });
});

describe('rule 7 with LKPS_APPLICATION_EVIDENCE=headers: an application is who names no user', () => {
  const source = ocelotSource({ evidence: 'headers', directory: unavailableDirectory });

  it('is a caller without any user header, and no directory is asked', async () => {
    expect(await callerOf(asApplication({ 'user-id': undefined }), source)).toEqual(application);
  });

  it.for([
    ['user-id', servicePrincipal],
    ['x-bayer-user', ''],
    ['x-bayer-user', 'ada@example.test'],
    ['user-profile', '{}'],
  ])('is not a caller with %s: %j', async ([name = '', value = '']) => {
    const headers = asApplication({ 'user-id': undefined, [name]: value });
    expect(await callerOf(headers, source)).toMatchObject({ kind: 'user', clientId: client });
  });
});
