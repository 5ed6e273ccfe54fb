/**
 * `node environment.js <file> [application]`: what an agent, and chat.ts, need of the development stack, as lines for a shell. The
 * file is what `npm run -s dev -- --json` wrote; the application is agent-a unless named.
 */
import { readFileSync } from 'node:fs';

const [file, name = 'agent-a'] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node environment.js <file> [application]');
const { entra, scope, ocelot_url, apps } = JSON.parse(readFileSync(file, 'utf8'));

const settings = {
  AZURE_AUTHORITY_HOST: entra.authority,
  AZURE_TENANT_ID: entra.tenant_id,
  AZURE_CLIENT_ID: apps[name].client_id,
  AZURE_CLIENT_SECRET: apps[name].client_secret,
  LKPS_URL: ocelot_url,
  LKPS_SCOPE: scope,
  // The certificate of the stack's own Entra: for Node, and for Python.
  NODE_EXTRA_CA_CERTS: entra.ca_file,
  REQUESTS_CA_BUNDLE: entra.ca_file,
  // LiveKit's client logs every step otherwise.
  NODE_ENV: 'production',
};
for (const [variable, value] of Object.entries(settings)) console.log(`export ${variable}='${value}'`);
