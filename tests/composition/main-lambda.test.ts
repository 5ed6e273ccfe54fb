import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../dev/process/free-port.ts';
import { COMPLETE, PLANTED } from '../support/platform-environment.ts';
import { ROOT } from '../support/platform-project.ts';

/** What an execution environment does: import the function, and hand it an event. */
const SCRIPT = `
  const { handler } = await import('${ROOT}composition/main-lambda.ts');
  const result = await handler(JSON.parse(process.argv[1]));
  process.stderr.write('RESULT ' + JSON.stringify(result));
  process.exit(0);
`;
const HEALTH = {
  version: '2.0',
  rawPath: '/api/health',
  rawQueryString: '',
  headers: {},
  requestContext: { stage: '$default', http: { method: 'GET', sourceIp: '192.0.2.1' } },
  isBase64Encoded: false,
};

describe('the Lambda function', () => {
  let directory: string;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lkps-test-'));
    await writeFile(join(directory, 'directory.json'), '{}');
    const closed = await freePort();
    env = {
      ...definedOf(COMPLETE),
      LKPS_AGENT_GATEWAY: 'separate',
      LKPS_DIRECTORY: `file:${join(directory, 'directory.json')}`,
      LKPS_DATABASE_URL: `postgres://lkps:${PLANTED.databasePassword}@127.0.0.1:${closed}/lkps`,
      LKPS_LIVEKIT_URL: `http://127.0.0.1:${closed}`,
    };
  });
  afterAll(() => rm(directory, { recursive: true }));

  async function run(
    more: Readonly<Record<string, string | undefined>>,
  ): Promise<{ code: number | null; said: string }> {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', SCRIPT, JSON.stringify(HEALTH)], {
      env: { ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    }
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said };
  }

  it('starts without its database, and answers by the contract until it is there', async () => {
    const { code, said } = await run({});
    expect(code, said).toBe(0);
    expect(said).toContain('the database cannot be used yet');
    expect(said).toContain('ECONNREFUSED');
    expect(said).toMatch(/RESULT .*"statusCode":503/);
    expect(said).toMatch(/retry-after/);
    expectNoCanary(said);
  });

  it('does not start on a wrong configuration: every problem is named and no value', async () => {
    const { code, said } = await run({ LKPS_PORT: 'canary', LKPS_TOKEN_TTL_SECONDS: '0' });
    expect(code).not.toBe(0);
    expect(said).toMatch(/LKPS_PORT: [^]*LKPS_TOKEN_TTL_SECONDS: /);
    expectNoCanary(said);
  });

  it.each([{ LKPS_AGENT_GATEWAY: 'embedded' }, { LKPS_AGENT_GATEWAY: undefined }])(
    'holds no connection of an agent: %j',
    async (more) => {
      const { code, said } = await run(more);
      expect(code).not.toBe(0);
      expect(said).toContain('LKPS_AGENT_GATEWAY: a function holds no connections');
      expectNoCanary(said);
    },
  );

  it('never migrates', async () => {
    const { code, said } = await run({ LKPS_MIGRATE_AT_START: 'true' });
    expect(code).not.toBe(0);
    expect(said).toContain('LKPS_MIGRATE_AT_START: a function never migrates');
    expectNoCanary(said);
  });
});

function expectNoCanary(said: string): void {
  expect(said).not.toContain('canary');
}

function definedOf(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
