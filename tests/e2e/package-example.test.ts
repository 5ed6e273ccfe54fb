import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findLiveKit } from '../../dev/livekit/binary.ts';
import { startLiveKit, type LiveKit } from '../../dev/livekit/server.ts';
import { post, textOf } from '../../dev/platform-client.ts';
import { freePort } from '../../dev/process/free-port.ts';
import { Teardown } from '../../dev/teardown.ts';
import { installExample, startExample, type EmbeddedService } from '../package/embedded-service.ts';
import { packService } from '../package/packed-package.ts';
import { run } from '../package/run.ts';
import { eventually } from '../support/eventually.ts';

const MINUTES = 420_000;
const [AGENT, CLIENT] = [caller(), caller()];
const KEYS = { api: randomText(), webhook: randomText() };
const PROOF = 'x-lkps-proxy-proof';
const PROXY_SECRET = randomText();

describe("the platform in somebody else's service, from its package", () => {
  const teardown = new Teardown();
  let project: string;
  let livekit: LiveKit;
  let service: EmbeddedService;
  let auditFile: string;
  /** Every token that was given out. */
  const tokens: string[] = [];

  beforeAll(async () => {
    const packed = await packService();
    teardown.add('package', () => {
      packed.close();
      return Promise.resolve();
    });
    project = await installExample(packed);
    auditFile = join(project, 'audit.jsonl');
    const [{ path: binary }, port] = [await findLiveKit(), await freePort()];
    livekit = await teardown.started(
      'livekit',
      startLiveKit({
        binary,
        keys: KEYS,
        webhook: { url: `http://127.0.0.1:${port}/livekit/webhook`, keyId: 'webhook' },
      }),
    );
    const directory = { [AGENT.id]: entry(AGENT, [CLIENT.id]), [CLIENT.id]: entry(CLIENT, []) };
    await writeFile(join(project, 'directory.json'), JSON.stringify(directory));
    service = await startExample(project, environment(livekit, auditFile), port);
    teardown.add('example', async () => {
      await service.child.stop();
    });
  }, MINUTES);
  afterAll(() => teardown.run());

  const trail = async (): Promise<readonly Readonly<Record<string, unknown>>[]> =>
    (await readFile(auditFile, 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .flatMap((line) => JSON.parse(line) as Record<string, unknown>[]);

  it('installs what its package.json names, and nothing of what it does not use', () => {
    const installed = (name: string): boolean => existsSync(join(project, 'node_modules', name));
    expect(['koa', 'zod', 'jose', '@livekit-platform/service'].filter(installed)).toHaveLength(4);
    expect(['knex', 'pg', 'pino', 'tsyringe', 'undici'].filter(installed)).toEqual([]);
  });

  it('type-checks under its own tsconfig', { timeout: 120_000 }, async () => {
    expect(await run(project, 'npm', ['run', '--silent', 'typecheck'])).toEqual({ code: 0, output: '' });
  });

  it('answers its own route beside the health of the platform', async () => {
    const health = await fetch(`${service.url}/api/health`);
    expect([health.status, await health.json()]).toMatchObject([200, { status: 'pass', region: 'eu' }]);
    const order = await fetch(`${service.url}/orders/7`);
    expect([order.status, await order.json()]).toEqual([200, { id: '7', status: 'shipped' }]);
    expect((await fetch(`${service.url}/elsewhere`)).status).toBe(404);
  });

  it('refuses who cannot prove to come through Ocelot, and has that on record', async () => {
    const identity = { 'client-id': AGENT.id, 'user-id': AGENT.servicePrincipal };
    const unproven: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      proxy_proof_missing: identity,
      proxy_proof_wrong: { ...identity, [PROOF]: randomText() },
    };
    for (const [reason, headers] of Object.entries(unproven)) {
      const answer = await post(`${service.url}/api/agent/register`, {}, headers);
      expect(answer.status).toBe(401);
      const { requestId } = answer;
      const refusal = { type: 'agent.registration_denied', outcome: 'denied', reason, requestId };
      expect(await trail()).toContainEqual(expect.objectContaining(refusal));
    }
  });

  it('registers an agent and starts a session in a room that really exists', async () => {
    const registered = await post(`${service.url}/api/agent/register`, {}, headersOf(AGENT));
    expect(registered).toMatchObject({ status: 200, body: { agent_name: AGENT.id } });
    const body = { agent_entra_app_id: AGENT.id };
    const started = await post(`${service.url}/api/session/start`, body, headersOf(CLIENT));
    expect(started).toMatchObject({ status: 201, body: { participant_identity: `app-${CLIENT.id}` } });
    tokens.push(textOf(registered.body, 'token'), textOf(started.body, 'participant_token'));

    const room = textOf(started.body, 'room_name');
    const rooms = await new RoomServiceClient(livekit.url, 'api', KEYS.api).listRooms([room]);
    expect(rooms.map(({ name }) => name)).toEqual([room]);

    const sessionId = textOf(started.body, 'session_id');
    const events = (await trail()).filter((event) => event['sessionId'] === sessionId);
    const expected = ['session.requested', 'session.granted'];
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(expected));
  });

  it("takes LiveKit's webhooks: their bytes reach the platform as they were signed", async () => {
    const name = `s-${randomBytes(16).toString('hex')}`; // a room that is not of the platform
    await new RoomServiceClient(livekit.url, 'api', KEYS.api).createRoom({ name });
    const answered = await eventually(
      () => Promise.resolve(service.log.filter((line) => line.includes('"receiveWebhook"'))),
      (lines) => lines.length >= 2,
      60_000,
    );
    expect(answered.filter((line) => !line.includes('"status":200'))).toEqual([]);
  });

  it('refuses a client that the agent has not pre-authorised', async () => {
    const body = { agent_entra_app_id: CLIENT.id };
    await post(`${service.url}/api/agent/register`, {}, headersOf(CLIENT));
    const { status } = await post(`${service.url}/api/session/start`, body, headersOf(AGENT));
    expect(status).toBe(403);
  });

  it('ends cleanly when told to, and leaves a trail without a token or a secret', async () => {
    expect(await service.child.stop()).toMatchObject({ code: 0 });
    const [text, types] = [await readFile(auditFile, 'utf8'), (await trail()).map(({ type }) => type)];
    expect(types[0]).toBe('service.started');
    expect(tokens).toHaveLength(2);
    for (const secret of [...tokens, ...Object.values(KEYS), PROXY_SECRET]) {
      expect(text).not.toContain(secret);
      expect(service.log.join('\n')).not.toContain(secret);
    }
  });
});

interface Caller {
  readonly id: string;
  readonly servicePrincipal: string;
}

function caller(): Caller {
  return { id: randomUUID(), servicePrincipal: randomUUID() };
}

function entry({ servicePrincipal }: Caller, preAuthorized: readonly string[]): object {
  return { service_principal_id: servicePrincipal, pre_authorized: preAuthorized };
}

/** What Ocelot adds to the request of an application. */
function headersOf({ id, servicePrincipal }: Caller): Record<string, string> {
  return { 'client-id': id, 'user-id': servicePrincipal, [PROOF]: PROXY_SECRET };
}

function randomText(): string {
  return randomBytes(24).toString('hex');
}

function environment({ url, wsUrl }: LiveKit, auditFile: string): Record<string, string> {
  return {
    REGION: 'eu',
    LIVEKIT_URL: url,
    LIVEKIT_PUBLIC_URL: wsUrl,
    LIVEKIT_KEY_ID: 'api',
    LIVEKIT_KEY_SECRET: KEYS.api,
    WEBHOOK_KEY_ID: 'webhook',
    WEBHOOK_KEY_SECRET: KEYS.webhook,
    PROXY_SECRET,
    SUBJECT_KEY: randomText(),
    DIRECTORY_FILE: 'directory.json',
    AUDIT_FILE: auditFile,
  };
}
