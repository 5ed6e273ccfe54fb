import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applicationToken, bearer, post, userToken, type Answer } from '../../dev/platform-client.ts';
import { freePort } from '../../dev/process/free-port.ts';
import { createTemporaryDirectory, removeDirectory } from '../../dev/process/temporary-directory.ts';
import { CANARIES, canariesIn } from '../support/canaries.ts';
import { runCli } from '../support/cli-run.ts';
import { openImpostor, type Impostor } from '../support/livekit-impostor.ts';
import { exchange } from '../support/raw-http-client.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';
import { openSwitchedPort, type SwitchedPort } from '../support/switched-port.ts';

const portOf = (url: string): number => Number(new URL(url).port);

/** Invariant 9 against the real processes: everything they write, on stdout and stderr, at the lowest level. */
describe('every line of the real service', { timeout: 180_000 }, () => {
  let fixture: StackFixture;
  let toLivekit: SwitchedPort;
  let impostor: Impostor;
  let directory: string;
  let lkpsUrl: string;
  let user: string;
  const tokens: string[] = [];
  const said: string[] = [];

  beforeAll(async () => {
    fixture = await openStack({ agent: false, env: { LKPS_LOG_LEVEL: 'trace' } });
    toLivekit = await openSwitchedPort();
    toLivekit.pointTo(fixture.stack.livekit.port);
    impostor = await openImpostor('refusing');
    directory = await createTemporaryDirectory('lkps-canaries-');
    lkpsUrl = (await fixture.stack.startLkps({ LKPS_LIVEKIT_URL: toLivekit.url })).url;
    const { users, apps } = fixture.description;
    user = await userToken(fixture.description, users['ada'] ?? expect.unreachable(), apps['client-a']);
    const agent = await applicationToken(fixture.description, apps['agent-a']);
    tokens.push(user, agent);
    await fixture.online('agent-a', {
      accepts: true,
      register: async () => {
        const url = `${fixture.description.ocelot_url}/api/agent/register`;
        const answer = await post(url, {}, bearer(agent));
        tokens.push(String(answer.body['token']));
        return answer;
      },
    });
  });
  afterAll(async () => {
    await impostor.close();
    await toLivekit.close();
    removeDirectory(directory);
    await fixture.close();
  });

  const leadLivekitTo = (port: number): void => {
    toLivekit.pointTo(port);
    toLivekit.cut(); // connections are kept open between calls
  };

  /** As Ocelot would ask, at a service of the test's choice. */
  async function start(
    url: string,
    more: Readonly<Record<string, string>> = {},
    body: object = {},
  ): Promise<Answer> {
    const { accounts, proof } = fixture.stack;
    const { ada } = accounts.users;
    const answer = await post(
      `${url}/api/session/start?token=${encodeURIComponent(CANARIES.token)}`,
      { agent_entra_app_id: accounts.apps['agent-a'].clientId, ...body },
      {
        [proof.header]: proof.value,
        'client-id': accounts.apps['client-a'].clientId,
        'user-id': ada.objectId,
        'x-bayer-user': CANARIES.email,
        'user-profile': JSON.stringify({ email: CANARIES.email, displayName: CANARIES.name }),
        authorization: `Bearer ${CANARIES.token}`,
        ...more,
      },
    );
    tokens.push(String(answer.body['participant_token']));
    return answer;
  }

  it('is written while callers plant things in whatever they send', async () => {
    expect((await start(lkpsUrl)).status).toBe(201);
    const planted = { agent_metadata: CANARIES.secret, participant_name: CANARIES.name };
    expect((await start(lkpsUrl, {}, planted)).status).toBe(201);
    expect((await start(lkpsUrl, {}, { [CANARIES.token]: CANARIES.token })).status).toBe(400);
    expect((await start(lkpsUrl, { 'user-profile': CANARIES.token })).status).toBe(401);
    expect((await start(lkpsUrl, { [fixture.stack.proof.header]: CANARIES.secret })).status).toBe(401);
    expect((await start(lkpsUrl, { client_id: CANARIES.secret })).status).toBe(401);
    expect((await post(`${lkpsUrl}/${CANARIES.token}/${CANARIES.email}`, {})).status).toBe(404);
    await exchange(portOf(lkpsUrl), [`GET /${CANARIES.token} HTTP/1.1\r\n${CANARIES.secret}: \0\r\n\r\n`]);
    await exchange(portOf(lkpsUrl), [`${CANARIES.token}\r\n\r\n`]);
  });

  it('is written while webhooks carry a password, rightly signed or not', async () => {
    const { id, secret } = fixture.stack.webhookKey;
    const event = {
      event: 'room_started',
      id: 'EV_1',
      room: { name: CANARIES.secret, sid: 'RM_1', turnPassword: CANARIES.secret },
    };
    for (const [text, status] of [
      [JSON.stringify(event), 200],
      [JSON.stringify([CANARIES.secret]), 400],
    ] as const) {
      const sha256 = createHash('sha256').update(text).digest('base64');
      const signature = await new SignJWT({ sha256 })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(id)
        .setExpirationTime('1m')
        .sign(new TextEncoder().encode(secret));
      tokens.push(signature);
      for (const [authorization, expected] of [
        [signature, status],
        [CANARIES.token, 401],
      ] as const) {
        const response = await fetch(`${lkpsUrl}/livekit/webhook`, {
          method: 'POST',
          body: text,
          headers: { authorization },
        });
        expect(response.status).toBe(expected);
      }
    }
  });

  it('is written while LiveKit quotes the token it refuses, and while it is away', async () => {
    leadLivekitTo(portOf(impostor.url));
    expect((await start(lkpsUrl)).body['code']).toBe('livekit_unavailable');
    await expect
      .poll(async () => (await fetch(`${lkpsUrl}/api/health`)).status, { timeout: 20_000 })
      .toBe(503);
    expect(impostor.tokens.length).toBeGreaterThan(0);
    leadLivekitTo(await freePort());
    expect((await start(lkpsUrl)).body['code']).toBe('livekit_unavailable');
    leadLivekitTo(fixture.stack.livekit.port);
  });

  it('is written while Entra refuses the secret that would open Graph', async () => {
    const { accounts, entra } = fixture.stack;
    const service = await fixture.stack.startLkps({
      LKPS_DIRECTORY: 'graph',
      LKPS_GRAPH_URL: entra.graph.url,
      LKPS_GRAPH_CLIENT_ID: accounts.service.clientId,
      LKPS_GRAPH_CLIENT_SECRET: CANARIES.secret,
      LKPS_ENTRA_AUTHORITY: entra.authority,
      LKPS_ENTRA_TENANT_ID: accounts.tenantId,
      NODE_EXTRA_CA_CERTS: entra.caFile,
    });
    expect((await start(service.url)).body['code']).toBe('authorization_unavailable');
    await service.stop();
  });

  it('is written while the database is away', async () => {
    await fixture.stack.postgres.halt();
    expect((await start(lkpsUrl)).body['code']).toBe('audit_unavailable');
    expect((await start(lkpsUrl, { client_id: 'x' })).body['code']).toBe('audit_unavailable');
    await fixture.stack.postgres.start();
  });

  it('is written when it does not start', async () => {
    const { accounts } = fixture.stack;
    const unfit = join(directory, 'directory.json');
    await writeFile(unfit, JSON.stringify({ [accounts.tenantId]: { service_principal_id: CANARIES.email } }));
    const secretFile = join(directory, 'secret');
    await writeFile(secretFile, CANARIES.secret.slice(0, 20));
    const { LKPS_SUBJECT_KEY: removed = '', ...env } = fixture.stack.lkpsEnv;
    const complete = { ...env, LKPS_SUBJECT_KEY: removed };
    const wrongPassword = fixture.stack.postgres.serviceUrl.replace(/:[^:@/]+@/, `:${CANARIES.secret}@`);
    const starts = [
      ['serve', { ...complete, LKPS_DIRECTORY: `file:${unfit}` }],
      ['serve', { ...complete, LKPS_DATABASE_URL: wrongPassword }],
      ['serve', { ...complete, LKPS_DATABASE_URL: CANARIES.url.replace('db.internal', 'canary.invalid') }],
      [
        'serve',
        {
          ...complete,
          LKPS_LIVEKIT_KEYS: CANARIES.secret,
          LKPS_PROXY_SECRETS: CANARIES.token,
          LKPS_PORT: CANARIES.name,
        },
      ],
      ['serve', { ...env, LKPS_SUBJECT_KEY_FILE: secretFile }],
      ['serve', { ...env, LKPS_SUBJECT_KEY_FILE: CANARIES.secret }],
      ['migrate', { ...complete, LKPS_DATABASE_ADMIN_URL: wrongPassword }],
      ['migrate', { ...complete, LKPS_DATABASE_ADMIN_URL: CANARIES.token }],
    ] as const;
    await Promise.all(
      starts.map(async ([command, broken]) => {
        const { code, stdout, stderr } = await runCli([command], { ...broken, LKPS_LOG_LEVEL: 'trace' });
        expect(code, `${command} ${stderr}`).toBe(1);
        said.push(stdout, stderr);
      }),
    );
  });

  it('holds no planted value, no token and no secret, from its start to its end', () => {
    const { accounts, proof, livekitKey, webhookKey, agentTokenKey, lkpsEnv, postgres } = fixture.stack;
    const { ada } = accounts.users;
    const secrets = [
      ...[livekitKey, webhookKey, agentTokenKey].map(({ secret }) => secret),
      ...[proof.value, lkpsEnv['LKPS_SUBJECT_KEY'] ?? ''],
      ...[postgres.serviceUrl, postgres.adminUrl, new URL(postgres.serviceUrl).password],
      ...[ada.email ?? '', ada.displayName ?? '', ada.username, ada.objectId, ...tokens, ...impostor.tokens],
    ].filter((text) => text !== '' && text !== 'undefined');
    const written = [...fixture.log, ...said].join('\n');
    expect(fixture.log.length).toBeGreaterThan(20);
    expect(secrets.length).toBeGreaterThan(15);
    expect(canariesIn(written)).toEqual([]);
    expect(secrets.filter((secret) => written.includes(secret))).toEqual([]);
  });
});
