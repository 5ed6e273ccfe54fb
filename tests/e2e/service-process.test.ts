import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../composition/version.ts';
import { startLkps, startLkpsGateway } from '../../dev/lkps.ts';
import { applicationToken, bearer, post } from '../../dev/platform-client.ts';
import { startChild, type ChildExit } from '../../dev/process/child.ts';
import { freePort } from '../../dev/process/free-port.ts';
import { probeStatus } from '../../dev/process/http-probe.ts';
import { createTemporaryDirectory, removeDirectory } from '../../dev/process/temporary-directory.ts';
import { connectWorker } from '../support/attack-worker.ts';
import { CLI_BUNDLE } from '../support/bundles.ts';
import { eventually } from '../support/eventually.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';

const CLI = fileURLToPath(new URL('../../composition/cli.ts', import.meta.url));

describe('the service as a process', () => {
  let fixture: StackFixture;

  beforeAll(async () => {
    fixture = await openStack({ agent: false });
  });
  afterAll(() => fixture.close());

  async function lkps(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<{ readonly exit: ChildExit; readonly output: string }> {
    for (let runs = 1; ; runs += 1) {
      const child = await startChild({ name: 'lkps', command: process.execPath, args: [CLI, ...args], env });
      const exit = await child.exited;
      const output = child.tail(100).join('\n');
      // Its database is there: too slow for it can only be the machine.
      if (runs === 3 || !output.includes('no answer within')) return { exit, output };
    }
  }

  it('says all that is wrong with its configuration at once, and no value of it', async () => {
    const { exit, output } = await lkps(['serve'], {
      LKPS_PORT: '60x',
      LKPS_LIVEKIT_KEYS: 'only-an-id-and-no-secret',
      LKPS_TOKEN_TTL_SECONDS: '7200',
      LKPS_SUBJECT_KEY: 'canary-too-short',
    });
    expect(exit.code).toBe(1);
    for (const name of [
      'LKPS_PORT',
      'LKPS_LIVEKIT_KEYS',
      'LKPS_TOKEN_TTL_SECONDS',
      'LKPS_SUBJECT_KEY',
      'LKPS_REGION',
    ]) {
      expect(output).toContain(name);
    }
    expect(output).not.toMatch(/canary|only-an-id|60x|7200/);
  });

  it('does not start without proof of the proxy, unless told that the network alone guarantees it', async () => {
    const env = Object.fromEntries(
      Object.entries(fixture.stack.lkpsEnv).filter(([name]) => name !== 'LKPS_PROXY_SECRETS'),
    );
    const { exit, output } = await lkps(['serve'], env);
    expect(exit.code).toBe(1);
    expect(output).toContain('LKPS_PROXY_SECRETS');
  });

  it.each(['serve', 'gateway'])(
    '%s does not start on a database that nobody migrated, and says what to run',
    async (command) => {
      const { serviceUrl } = await fixture.stack.postgres.createDatabase(`untouched_by_${command}`);
      const env = { ...fixture.stack.lkpsEnv, LKPS_DATABASE_URL: serviceUrl };
      const { exit, output } = await lkps([command], env);
      expect(exit.code).toBe(1);
      expect(output).toContain('lkps migrate');
      expect(output).not.toContain(serviceUrl);
    },
  );

  it('migrates at its start where asked, and a second time changes nothing', async () => {
    const { serviceUrl, adminUrl } = await fixture.stack.postgres.createDatabase('at_start');
    const service = await fixture.stack.startLkps({
      LKPS_DATABASE_URL: serviceUrl,
      LKPS_DATABASE_ADMIN_URL: adminUrl,
      LKPS_MIGRATE_AT_START: 'true',
    });
    expect((await fetch(`${service.url}/api/health`)).status).toBe(200);
    const again = await lkps(['migrate'], {
      LKPS_DATABASE_URL: serviceUrl,
      LKPS_DATABASE_ADMIN_URL: adminUrl,
    });
    const { host } = new URL(adminUrl);
    expect(again).toMatchObject({ exit: { code: 0 }, output: `nothing to migrate (at_start at ${host})` });
  });

  it('says in words that it cannot listen, the gateway too, in the service and alone', async () => {
    const taken = String(fixture.stack.lkps.port);
    const [LKPS_HOST, LKPS_AGENT_GATEWAY] = ['127.0.0.1', 'embedded'];
    const free = String(await freePort());
    const taking = [
      ['serve', { LKPS_PORT: taken }, 'LKPS_PORT'],
      ['serve', { LKPS_AGENT_GATEWAY, LKPS_PORT: free, LKPS_GATEWAY_PORT: taken }, 'LKPS_GATEWAY_PORT'],
      ['gateway', { LKPS_GATEWAY_PORT: taken }, 'LKPS_GATEWAY_PORT'],
    ] as const;
    for (const [command, env, setting] of taking) {
      const { exit, output } = await lkps([command], { ...fixture.stack.lkpsEnv, LKPS_HOST, ...env });
      expect(exit.code).toBe(1);
      expect(output).toContain(`cannot listen on 127.0.0.1:${taken} (LKPS_HOST, ${setting}): EADDRINUSE`);
    }
  });

  it('does not log in as a role that could change the audit trail', async () => {
    const env = { ...fixture.stack.lkpsEnv, LKPS_DATABASE_URL: fixture.stack.postgres.adminUrl };
    const { exit, output } = await lkps(['serve'], env);
    expect(exit.code).toBe(1);
    expect(output).toContain('can change the audit trail');
  });

  it.each([
    ['LKPS_SUBJECT_KEY', 'canary-of-another-key-0123456789abcdef'],
    ['LKPS_REGION', 'canary-region'],
  ])('does not start with another %s than the database was first used with', async (name, value) => {
    const { exit, output } = await lkps(['serve'], { ...fixture.stack.lkpsEnv, [name]: value });
    expect(exit.code).toBe(1);
    expect(output).toContain(`lkps: ${name}: `);
    expect(output).not.toContain(value);
  });

  it('says at every start what its configuration risks, however little is logged', async () => {
    const lines: string[] = [];
    const child = await startChild({
      name: 'lkps',
      command: process.execPath,
      args: [CLI, 'serve'],
      env: {
        ...Object.fromEntries(
          Object.entries(fixture.stack.lkpsEnv).filter(([name]) => name !== 'LKPS_PROXY_SECRETS'),
        ),
        LKPS_PROXY_PROOF: 'network',
        LKPS_APPLICATION_EVIDENCE: 'headers',
        LKPS_LOG_LEVEL: 'fatal',
        LKPS_TRUSTED_HOP: '1',
        LKPS_HOST: '127.0.0.1',
        LKPS_PORT: String(await freePort()),
      },
      log: (line) => lines.push(line),
    });
    await eventually(
      () => Promise.resolve(lines.join()),
      (text) =>
        ['any identity', 'without user headers', 'LKPS_TRUSTED_HOP'].every((part) => text.includes(part)),
      60_000,
    );
    await child.stop();
  });

  it('tells an operator in words why it cannot migrate, and never the connection string', async () => {
    const { serviceUrl, adminUrl } = await fixture.stack.postgres.createDatabase('refused');
    const owner = await lkps(['migrate'], { LKPS_DATABASE_URL: adminUrl, LKPS_DATABASE_ADMIN_URL: adminUrl });
    expect(owner).toMatchObject({ exit: { code: 1 } });
    expect(owner.output).toContain("which has the rights of the schema's owner");
    const wrong = adminUrl.replace(/:[^:@]+@/, ':wrong-canary@');
    const stranger = await lkps(['migrate'], {
      LKPS_DATABASE_URL: serviceUrl,
      LKPS_DATABASE_ADMIN_URL: wrong,
    });
    expect(stranger).toMatchObject({ exit: { code: 1 } });
    expect(stranger.output).toContain('SQLSTATE 28P01');
    expect(stranger.output).not.toContain('canary');
    expect(stranger.output.trim().split('\n')).toHaveLength(1);
  });

  it('without a gateway gives agents what it always did, and says at its start what that costs', async () => {
    const { LKPS_AGENT_TOKEN_KEYS, LKPS_GATEWAY_PUBLIC_URL, ...others } = fixture.stack.lkpsEnv;
    expect([LKPS_AGENT_TOKEN_KEYS, LKPS_GATEWAY_PUBLIC_URL]).not.toContain(undefined);
    const plain = await startLkps({ env: { ...others, LKPS_AGENT_GATEWAY: 'off' } });
    const edge = await fixture.stack.startOcelot(plain.url);
    const { description } = fixture;
    const agent = await applicationToken(description, description.apps['agent-a']);
    const { body } = await post(`${edge.url}/api/agent/register`, {}, bearer(agent));
    expect(body['livekit_url']).toBe(description.livekit_url);
    const worker = await connectWorker({
      url: `${description.livekit_url}/agent`,
      token: String(body['token']),
    });
    expect(worker).toBeTypeOf('object');
    await (typeof worker === 'object' ? worker.close() : undefined);
    const asked = { agent_entra_app_id: description.apps['agent-a'].client_id };
    expect((await post(`${edge.url}/api/session/start`, asked, bearer(agent))).status).toBe(201);
    expect(plain.child.tail(50).join('\n')).toContain("any agent token can take any agent's jobs");
    await plain.stop();
  });

  it('tells an unknown command from a known one', async () => {
    expect(await lkps(['help'], {})).toMatchObject({ exit: { code: 0 } });
    expect(await lkps(['sevre'], {})).toMatchObject({ exit: { code: 2 } });
    expect(await lkps(['serve', '--skip-auth'], {})).toMatchObject({ exit: { code: 2 } });
  });

  it('is one file that needs nothing beside it, as production runs it, as service and as gateway', async () => {
    const directory = await createTemporaryDirectory('lkps-cli-');
    try {
      const cli = join(directory, 'lkps.mjs');
      await copyFile(CLI_BUNDLE, cli);
      const env = fixture.stack.lkpsEnv;
      const [service, gateway] = await Promise.all([startLkps({ env, cli }), startLkpsGateway({ env, cli })]);
      const edge = await fixture.stack.startOcelot(service.url);
      const entraToken = await applicationToken(fixture.description, fixture.description.apps['agent-a']);
      const { body } = await post(`${edge.url}/api/agent/register`, {}, bearer(entraToken));
      const endpoint = { url: `${gateway.url.replace('http', 'ws')}/agent`, token: String(body['token']) };
      expect(await connectWorker(endpoint)).toBeTypeOf('object');
      expect(await service.child.stop()).toMatchObject({ code: 0 });
      expect(await gateway.child.stop()).toMatchObject({ code: 0 });
    } finally {
      removeDirectory(directory);
    }
  });

  it('has its start on record, as the role that can only add to the trail; a gateway says that it is one', async () => {
    const rows = await fixture.sql(
      `select region, details from audit_events where type = 'service.started' order by event_id`,
    );
    expect(rows[0]).toEqual({ region: 'eu', details: { version: VERSION } });
    expect(rows).toContainEqual({ region: 'eu', details: { version: VERSION, part: 'gateway' } });
  });

  it('finishes the requests it has when told to stop, then ends with 0', async () => {
    const service = await fixture.stack.startLkps();
    const edge = await fixture.stack.startOcelot(service.url);
    const token = await applicationToken(fixture.description, fixture.description.apps['agent-a']);
    await fixture.sql('begin');
    await fixture.sql('lock table audit_events in access exclusive mode');
    const inFlight = post(`${edge.url}/api/agent/register`, {}, bearer(token));
    const waiting = `select from pg_locks where relation = 'audit_events'::regclass and not granted`;
    await eventually(
      () => fixture.sql(waiting),
      (locks) => locks.length > 0,
    );
    const stopped = service.child.stop();
    await eventually(
      () => probeStatus(service.url).then(String, String),
      (outcome) => outcome.includes('ECONNREFUSED'), // it has heard
    );
    await fixture.sql('rollback');
    expect((await inFlight).status).toBe(200);
    expect(await stopped).toMatchObject({ code: 0 });
  });
});
