import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROOF_HEADER } from '../../adapters/identity-ocelot/index.ts';
import type { HttpResponse } from '../../adapters/http/index.ts';
import { migrate } from '../../adapters/persistence-knex/index.ts';
import { parseServeConfig } from '../../composition/config.ts';
import { openPlatform, type Platform } from '../../composition/platform.ts';
import type { Environment } from '../../composition/setting-values.ts';
import { AGENT, agentApp, servicePrincipalOf } from '../support/platform-cast.ts';
import { COMPLETE, PLANTED } from '../support/platform-environment.ts';
import { jsonOf, registerRequest } from '../support/platform-requests.ts';
import {
  createEmptyDatabase,
  createTestDatabase,
  query,
  type TestDatabase,
} from '../support/postgres-database.ts';

const REGISTER = registerRequest({
  [PROOF_HEADER]: PLANTED.proxySecret,
  'client-id': agentApp.clientId,
  'user-id': servicePrincipalOf(AGENT),
});

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

  it('grants nothing as a role that could change the trail, and says so in the log', async () => {
    database = await createTestDatabase();
    const { handler } = await open(database.adminUrl);
    expectUnavailable(await handler(REGISTER), 'can change the audit trail');
    expect(await query(database.adminUrl, 'select 1 from audit_events')).toEqual([]);
    expect(lines.join('')).not.toContain(database.adminUrl);
  });

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
