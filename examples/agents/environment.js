/**
 * `node environment.js <file> [application]`: what an agent, and chat.ts, need of the development stack, as lines for a shell. The
 * file is what `npm run -s dev -- --json` wrote; the application is agent-a unless named. Writes `<file>.pem` too: this machine's
 * authorities and the stack's own, so that everything else in that shell reaches what it reached before.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { getCACertificates } from 'node:tls';

const [file, name = 'agent-a'] = process.argv.slice(2);
if (file === undefined) fail('usage: node environment.js <file> [application]');
// Without its `-s` npm writes a banner first.
const line = readFileSync(file, 'utf8')
  .split('\n')
  .findLast((text) => text.startsWith('{'));
if (line === undefined) fail(`${file} describes no stack: is it up?`);
const { entra, scope, ocelot_url, apps } = JSON.parse(line);
if (apps[name] === undefined) fail(`${name} is none of ${Object.keys(apps).join(', ')}`);

const authorities = `${resolve(file)}.pem`;
// The stack's first: one of an earlier stack, which may be among the others, has the same name and would be taken for it.
const certificates = [
  readFileSync(entra.ca_file, 'utf8'),
  ...getCACertificates('default'),
  ...getCACertificates('system'),
];
writeFileSync(authorities, [...new Set(certificates.map((pem) => `${pem.trim()}\n`))].join(''));

const settings = {
  AZURE_AUTHORITY_HOST: entra.authority,
  AZURE_TENANT_ID: entra.tenant_id,
  AZURE_CLIENT_ID: apps[name].client_id,
  AZURE_CLIENT_SECRET: apps[name].client_secret,
  LKPS_URL: ocelot_url,
  LKPS_SCOPE: scope,
  // For Node, and for Python.
  NODE_EXTRA_CA_CERTS: authorities,
  REQUESTS_CA_BUNDLE: authorities,
};
for (const [variable, value] of Object.entries(settings)) console.log(`export ${variable}='${value}'`);

function fail(message) {
  console.error(message);
  process.exit(1);
}
