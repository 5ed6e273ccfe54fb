import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileApplicationDirectory } from '../../../adapters/directory-file/index.ts';
import { LkpsError } from '../../../core/index.ts';
import { describeApplicationDirectory } from '../../contract/application-directory.contract.ts';
import { client, servicePrincipal } from '../../support/ocelot-callers.ts';

let directory: string;
let path: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lkps-directory-'));
  path = join(directory, 'applications.json');
});
afterAll(() => rm(directory, { recursive: true }));

async function openText(text: string | Uint8Array): Promise<FileApplicationDirectory> {
  await writeFile(path, text);
  return FileApplicationDirectory.open(path);
}

describeApplicationDirectory('file', async (known) => {
  const entries = known.map(({ application, servicePrincipalId, preAuthorized }) => [
    application,
    { service_principal_id: servicePrincipalId, pre_authorized: preAuthorized },
  ]);
  return {
    directory: await openText(JSON.stringify(Object.fromEntries(entries))),
    close: () => Promise.resolve(),
  };
});

describe('FileApplicationDirectory', () => {
  const entry = { service_principal_id: servicePrincipal, pre_authorized: [client] };
  const withEntry = (changed: unknown): string => JSON.stringify({ [client]: changed });

  it('takes ids in any case, and an application that authorises nobody', async () => {
    const text = withEntry({ service_principal_id: servicePrincipal.toUpperCase(), pre_authorized: [] });
    const opened = await openText(text.replace(client, client.toUpperCase()));
    expect(await opened.findServicePrincipalId(client)).toBe(servicePrincipal);
    expect(await opened.findPreAuthorization(client)).toMatchObject({ outcome: 'known', clients: new Set() });
  });

  it('knows nobody when the file names nobody', async () => {
    const found = await (await openText('{}')).findPreAuthorization(client);
    expect(found).toMatchObject({ outcome: 'unknown', reason: 'agent_not_in_directory' });
  });

  it('is what the file said when it was opened, until it is opened again', async () => {
    const opened = await openText(withEntry(entry));
    await writeFile(path, '{}');
    expect(await opened.findServicePrincipalId(client)).toBe(servicePrincipal);
  });

  it('says which file cannot be read, and why', async () => {
    const missing = join(directory, 'missing.json');
    await expectRefusal(FileApplicationDirectory.open(missing), missing, 'ENOENT');
    await expectRefusal(FileApplicationDirectory.open(directory), directory, 'EISDIR');
  });

  it.for(['', '{', 'text', `{"${client}": {}`, `{'${client}': {}}`])(
    'says that %j is not JSON',
    async (text) => {
      await expectRefusal(openText(text), path, 'JSON');
    },
  );

  it.for(['[]', 'null', '"text"', '1', 'true'])('says that %s is not an object', async (text) => {
    await expectRefusal(openText(text), 'must be a JSON object');
  });

  it.for(['agent-a', '', '*', `${client} `, client.slice(1), '__proto__'])(
    'names an entry whose name %j is not an application id',
    async (name) => {
      const text = `{${JSON.stringify(name)}: ${JSON.stringify(entry)}}`;
      await expectRefusal(openText(text), `entry ${name}`, 'GUID');
    },
  );

  it.for<[string, unknown]>([
    ['is not an object', null],
    ['is a list', []],
    ['is text', 'open'],
    ['has nothing in it', {}],
    ['has no service principal', { pre_authorized: [] }],
    ['has a service principal that is no GUID', { ...entry, service_principal_id: 'sp' }],
    ['has a service principal that is no text', { ...entry, service_principal_id: 7 }],
    ['has no list of clients', { service_principal_id: servicePrincipal }],
    ['has a client in place of a list', { ...entry, pre_authorized: client }],
    ['has everybody in place of a list', { ...entry, pre_authorized: '*' }],
    ['has a client that is no text', { ...entry, pre_authorized: [client, null] }],
    ['has a client that is no GUID', { ...entry, pre_authorized: [client, '*'] }],
    ['has a field nobody knows', { ...entry, preAuthorized: [client] }],
    ['has a field nobody should know', Object.assign(Object.create(null), entry, { ['__proto__']: 1 })],
  ])('names an entry that %s', async ([, changed]) => {
    await expectRefusal(openText(withEntry(changed)), `entry ${client}`);
  });

  it('names what in an entry is wrong', async () => {
    await expectRefusal(openText(withEntry({ ...entry, owner: 'x' })), 'unknown field owner');
    await expectRefusal(openText(withEntry({ ...entry, pre_authorized: ['agent-b'] })), '"agent-b"');
  });

  it('names an application that is there twice, in different cases', async () => {
    const text = JSON.stringify({
      [client]: entry,
      [client.toUpperCase()]: { ...entry, pre_authorized: [] },
    });
    await expectRefusal(openText(text), client.toUpperCase(), 'twice');
  });
});

/** Refused as a whole, in words that say where to look: half a directory would deny or allow in silence. */
async function expectRefusal(opening: Promise<unknown>, ...words: readonly string[]): Promise<void> {
  const error = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(LkpsError);
  expect(error).toMatchObject({ code: 'invalid_request' });
  const message = error instanceof Error ? error.message : '';
  for (const word of words) {
    expect(message).toContain(word);
  }
}
