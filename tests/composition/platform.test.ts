import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PROOF_HEADER } from '../../adapters/identity-ocelot/index.ts';
import type { HttpResponse } from '../../adapters/http/index.ts';
import { migrate } from '../../adapters/persistence-knex/index.ts';
import { parseServeConfig } from '../../composition/config.ts';
import { openPlatform, type Platform } from '../../composition/platform.ts';
import type { Environment } from '../../composition/setting-values.ts';
import { freePort } from '../../dev/process/free-port.ts';
import { eventually } from '../support/eventually.ts';
import { AGENT, agentApp, servicePrincipalOf } from '../support/platform-cast.ts';
import { COMPLETE, PLANTED } from '../support/platform-environment.ts';
import { httpRequest, jsonOf, registerRequest, startRequest } from '../support/platform-requests.ts';
import {
  createEmptyDatabase,
  createTestDatabase,
  query,
  type TestDatabase,
} from '../support/postgres-database.ts';

const CALLER = {
  [PROOF_HEADER]: PLANTED.proxySecret,
  'client-id': agentApp.clientId,
  'user-id': servicePrincipalOf(AGENT),
};
const REGISTER = registerRequest(CALLER);
const WITHOUT_GATEWAY = {
  LKPS_AGENT_GATEWAY: 'off',
  LKPS_AGENT_TOKEN_KEYS: undefined,
  LKPS_GATEWAY_PUBLIC_URL: undefined,
};

const registration = z.looseObject({ token: z.string(), livekit_url: z.string() });

const HEALTH = httpRequest({});

/** As Lambda runs it: whoever asks first meets the database as it is then. */
describe('the platform over a database that nobody looked at before', () => {
  let directory: string;
  let database: TestDatabase;
  let platform: Platform | undefined;
  const lines: string[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lkps-test-'));
    const entry = { service_principal_id: servicePrincipalOf(AGENT), pre_authorized: [] };
    await writeFile(join(directory, 'directory.json'), JSON.stringify({ [AGENT]: entry }));
    lines.length = 0;
  });
  afterEach(async () => {
    await platform?.database.close();
    platform = undefined;
    await database.drop();
    await rm(directory, { recursive: true });
  });

  async function open(url: string, env: Environment = {}): Promise<Platform> {
    const { config, secrets } = parseServeConfig({
      ...COMPLETE,
      LKPS_DIRECTORY: `file:${join(directory, 'directory.json')}`,
      LKPS_DATABASE_URL: url,
      ...env,
    });
    const logger = pino({}, { write: (line: string) => lines.push(line) });
    platform = await openPlatform({ config, secrets, warnings: [], logger });
    return platform;
  }
  function expectUnavailable(response: HttpResponse, why: string): void {
    expect([response.status, jsonOf(response)]).toMatchObject([503, { code: 'audit_unavailable' }]);
    expect(response.headers['retry-after']).toBeDefined();
    expect(lines.join('')).toContain(why);
  }

  it('grants nothing while a migration is missing, says so in the log, and serves once it is there', async () => {
    database = await createEmptyDatabase();
    const { handler } = await open(database.serviceUrl);
    expectUnavailable(await handler(REGISTER), 'run `lkps migrate` first');
    expectUnavailable(await handler({ ...REGISTER, headers: new Map() }), 'run `lkps migrate` first');
    await migrate({ adminUrl: database.adminUrl, serviceUrl: database.serviceUrl });
    expect((await handler(REGISTER)).status).toBe(200);
    expect((await handler(REGISTER)).status).toBe(200);
    const rows = await query<{ type: string }>(database.adminUrl, 'select type from audit_events');
    expect(rows.map(({ type }) => type).sort()).toEqual([
      'agent.registered',
      'agent.registered',
      'service.started',
    ]);
  });

  it.each([
    [
      'beside it',
      { LKPS_AGENT_GATEWAY: 'separate' },
      'AGENTsign',
      'wss://agents.example.test',
      'agent_unavailable',
    ],
    ['nowhere', WITHOUT_GATEWAY, 'APIsign', 'wss://livekit.example.test', 'livekit_unavailable'],
  ])(
    'with the agent gateway %s signs agent tokens, leads workers and knows of their absence accordingly',
    async (_, env, signedBy, livekitUrl, code) => {
      database = await createTestDatabase();
      const LKPS_LIVEKIT_URL = `http://127.0.0.1:${await freePort()}`;
      const { handler, gateway } = await open(database.serviceUrl, { ...env, LKPS_LIVEKIT_URL });
      expect(gateway).toBeUndefined();
      const { token, ...registered } = registration.parse(jsonOf(await handler(REGISTER)));
      expect([decodeJwt(token).iss, registered.livekit_url]).toEqual([signedBy, livekitUrl]);
      expect(jsonOf(await handler(startRequest(CALLER, AGENT)))).toMatchObject({ code });
    },
  );

  it('grants nothing as a role that could change the trail, and says so in the log', async () => {
    database = await createTestDatabase();
    const { handler } = await open(database.adminUrl);
    expectUnavailable(await handler(REGISTER), 'can change the audit trail');
    expect(await query(database.adminUrl, 'select 1 from audit_events')).toEqual([]);
    expect(lines.join('')).not.toContain(database.adminUrl);
  });

  it.each([
    ['region', { LKPS_REGION: 'canary-region' }],
    ['subject key', { LKPS_SUBJECT_KEY: 'canary-of-another-key-0123456789abcdef' }],
  ])(
    'writes nothing once the address leads to a database of another %s, says so in the log, and goes on after',
    async (what, env) => {
      database = await createTestDatabase();
      const foreign = await createTestDatabase();
      try {
        const other = await open(foreign.serviceUrl, env);
        await other.database.checked();
        await other.database.close();
        const { handler } = await open(database.serviceUrl);
        expect((await handler(REGISTER)).status).toBe(200);
        const before = await countRows(foreign);

        await swap(database, foreign);
        for (let tries = 0; tries < 5; tries += 1) {
          expectUnavailable(await handler(REGISTER), '');
        }
        expect(lines.join('')).toContain(`the database belongs to a deployment of another ${what}`);
        expect(lines.join('')).not.toContain('canary');
        expect((await handler(HEALTH)).status).toBe(503);

        await swap(database, foreign);
        await eventually(
          () => handler(REGISTER),
          ({ status }) => status === 200,
        );
        expect(await countRows(foreign)).toEqual(before);
      } finally {
        await foreign.drop();
      }
    },
  );

  it.each([
    ['LKPS_SUBJECT_KEY', 'canary-of-another-key-0123456789abcdef'],
    ['LKPS_REGION', 'canary-region'],
  ])(
    'grants nothing with another %s than the records were made with, and says so in the log',
    async (name, value) => {
      database = await createTestDatabase();
      const first = await open(database.serviceUrl);
      expect((await first.handler(REGISTER)).status).toBe(200);
      await first.database.close();
      const before = await query(database.adminUrl, 'select event_id from audit_events');
      const { handler } = await open(database.serviceUrl, { [name]: value });
      expectUnavailable(await handler(REGISTER), `${name}: `);
      expect(await query(database.adminUrl, 'select event_id from audit_events')).toEqual(before);
      expect(lines.join('')).not.toContain(value);
    },
  );
});

/** What each name leads to afterwards is what the other one led to; every connection to either is cut. */
async function swap(one: TestDatabase, other: TestDatabase): Promise<void> {
  const [first, second] = [nameOf(one), nameOf(other)];
  const server = Object.assign(new URL(one.superuserUrl), { pathname: '/postgres' }).href;
  await query(
    server,
    'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname in ($1, $2)',
    [first, second],
  );
  await query(server, `alter database ${first} rename to ${first}_away`);
  await query(server, `alter database ${second} rename to ${first}`);
  await query(server, `alter database ${first}_away rename to ${second}`);
}

function nameOf({ serviceUrl }: TestDatabase): string {
  return new URL(serviceUrl).pathname.slice(1);
}

function countRows({ adminUrl }: TestDatabase): Promise<readonly unknown[]> {
  return query(
    adminUrl,
    'select (select count(*) from audit_events) as events, (select count(*) from agents) as agents',
  );
}
