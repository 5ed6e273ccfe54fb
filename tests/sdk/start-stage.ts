import { randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { generateKeyPair, SignJWT } from 'jose';
import { AZURE_CLI } from '../../dev/entra/directory.ts';
import { applicationToken, userToken } from '../../dev/platform-client.ts';
import { freePort } from '../../dev/process/free-port.ts';
import { listenOnLoopback } from '../support/http-loopback.ts';
import { APP, type Language } from './language.ts';
import type { SdkStage } from './stage.ts';

export type Settings = Readonly<Record<string, string>>;

/** Takes the secret away, and leads the question for a machine's identity to a port where nobody is. */
export async function withoutSecret(): Promise<Settings> {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  return { AZURE_CLIENT_SECRET: '', AZURE_POD_IDENTITY_AUTHORITY_HOST: nobody };
}

/** As after `az login`: an `az` that prints the token of a user, in the form of the real one. */
export async function signedInWithAz(
  { fixture: { description } }: SdkStage,
  { folder, user }: { readonly folder: string; readonly user: string },
): Promise<Settings> {
  const person = description.users[user];
  if (person === undefined) throw new Error(`there is no ${user}`);
  const accessToken = await userToken(description, person, { client_id: AZURE_CLI });
  const expires = new Date(Date.now() + 3_600_000);
  const answer = {
    accessToken,
    expiresOn: expires.toISOString().replace('T', ' ').slice(0, 26),
    expires_on: Math.floor(expires.getTime() / 1000),
    subscription: description.entra.tenant_id,
    tenant: description.entra.tenant_id,
    tokenType: 'Bearer',
  };
  const bin = join(folder, `bin-${user}`);
  await mkdir(bin);
  await writeFile(join(bin, 'answer.json'), JSON.stringify(answer));
  await writeFile(join(bin, 'az'), `#!/bin/sh\ncat "${join(bin, 'answer.json')}"\n`);
  await chmod(join(bin, 'az'), 0o755);
  const path = `${bin}:${process.env['PATH'] ?? ''}`;
  return { ...(await withoutSecret()), AZURE_CLIENT_ID: '', AZURE_TENANT_ID: '', PATH: path };
}

export interface ManagedIdentity {
  readonly settings: Settings;
  readonly close: () => Promise<void>;
}

/** As on a machine of Azure: an address on it gives tokens to whoever knows its header. */
export async function withManagedIdentity(
  { fixture: { description } }: SdkStage,
  language: Language,
): Promise<ManagedIdentity> {
  const header = randomBytes(16).toString('hex');
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? '', 'http://127.0.0.1').searchParams.get('resource');
    if (request.headersDistinct['x-identity-header']?.[0] !== header || asked === null) {
      response.writeHead(401).end();
      return;
    }
    void applicationToken(description, description.apps[APP[language]]).then((token) => {
      const expires = String(Math.floor(Date.now() / 1000) + 3600);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ access_token: token, expires_on: expires, resource: asked, token_type: 'Bearer' }),
      );
    });
  });
  const { port, close } = await listenOnLoopback(server);
  const endpoint = `http://127.0.0.1:${port}/msi/token`;
  const own = { AZURE_CLIENT_ID: '', AZURE_TENANT_ID: '' };
  return {
    settings: { ...(await withoutSecret()), ...own, IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header },
    close,
  };
}

/** As in a cluster: a file with what the cluster says of the workload, whose issuer the application trusts. */
export async function withWorkloadIdentity(
  { fixture: { description, stack } }: SdkStage,
  { folder, language }: { readonly folder: string; readonly language: Language },
): Promise<Settings> {
  const [issuer, subject] = ['https://cluster.localhost/', `system:serviceaccount:agents:${language}`];
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  stack.entra.federate(description.apps[APP[language]].client_id, { issuer, subject, key: publicKey });
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(issuer)
    .setSubject(subject)
    .setAudience('api://AzureADTokenExchange')
    .setExpirationTime('1 h')
    .sign(privateKey);
  const file = join(folder, `assertion-${language}`);
  await writeFile(file, assertion);
  return { ...(await withoutSecret()), AZURE_FEDERATED_TOKEN_FILE: file };
}
