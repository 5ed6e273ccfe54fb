import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startLkpsOnLambda } from '../../dev/lambda/lkps-on-lambda.ts';
import { startLkps } from '../../dev/lkps.ts';
import { applicationToken } from '../../dev/platform-client.ts';
import { CLI_BUNDLE } from '../support/bundles.ts';
import { openGraphStack, type GraphStack } from '../support/graph-stack.ts';

describe('who may reach an agent, by Microsoft Graph', () => {
  let fixture: GraphStack;
  let tokens: GraphStack['tokens'];
  let idOf: GraphStack['idOf'];
  let register: GraphStack['register'];
  let start: GraphStack['start'];
  let trailOf: GraphStack['trailOf'];
  let sure: GraphStack['sure'];
  beforeAll(async () => {
    fixture = await openGraphStack();
    ({ tokens, idOf, register, start, trailOf, sure } = fixture);
  });
  afterAll(() => fixture.close());
  afterEach(() => {
    fixture.list('agent-a', ['client-a']);
    fixture.list('agent-b', ['client-b']);
  });

  it('a listed client is let in, and the row says by which rule, whose word and since when', async () => {
    const before = Date.now();
    const answer = await sure(() => start(tokens['client-a'], idOf('agent-a')));
    expect(answer.status).toBe(201);
    const granted = (await trailOf(answer)).find(({ type }) => type === 'session.granted');
    expect(granted?.evidence).toMatchObject({ mode: 'always', rule: 'pre_authorized', source: 'graph' });
    const fetchedAt = Date.parse(String(granted?.evidence?.['fetched_at']));
    expect(fetchedAt).toBeGreaterThanOrEqual(before - 60_000);
    expect(fetchedAt).toBeLessThanOrEqual(Date.now());
  });

  it(
    'a client whom the agent lists is let in within 15 s, one it no longer lists locked out within 60 s',
    { timeout: 150_000 },
    async () => {
      const toA = () => start(tokens['client-b'], idOf('agent-a'));
      const toB = () => start(tokens['client-b'], idOf('agent-b'));
      expect(await sure(toA)).toMatchObject({ status: 403, body: { code: 'client_not_authorized' } });
      expect((await sure(toB)).status).toBe(201);
      await fixture.edit('agent-a', ['client-a', 'client-b']);
      await fixture.edit('agent-b', []);
      const requests = fixture.stack.entra.graph.requests();
      await delay(15_000);
      expect((await toA()).status).toBe(201);
      expect(fixture.stack.entra.graph.requests()).toBe(requests + 1);
      await delay(45_000);
      const refused = await toB();
      expect(refused).toMatchObject({ status: 403, body: { code: 'client_not_authorized' } });
      expect(await trailOf(refused)).toMatchObject([
        {
          type: 'session.denied',
          outcome: 'denied',
          reason: 'not_pre_authorized',
          evidence: { source: 'graph' },
        },
      ]);
    },
  );

  it('an agent without an app registration here can be reached by nobody, and the row says why', async () => {
    const { accounts, entra } = fixture.stack;
    const { managedIdentity, foreignApp } = accounts;
    const now = Math.floor(Date.now() / 1000);
    const identityToken = await entra.sign({
      iss: entra.issuers.v1,
      aud: entra.audiences[0] ?? '',
      tid: accounts.tenantId,
      ver: '1.0',
      appid: managedIdentity.clientId,
      appidacr: '2',
      oid: managedIdentity.servicePrincipalId,
      sub: managedIdentity.servicePrincipalId,
      idtyp: 'app',
      iat: now,
      nbf: now,
      exp: now + 600,
      uti: 'managed-identity',
    });
    const foreignToken = await applicationToken(fixture.description, {
      client_id: foreignApp.clientId,
      client_secret: foreignApp.clientSecret,
      service_principal_id: foreignApp.servicePrincipalId,
    });
    for (const [token, agent, reason] of [
      [identityToken, managedIdentity.clientId, 'agent_is_managed_identity'],
      [foreignToken, foreignApp.clientId, 'agent_of_another_tenant'],
    ] as const) {
      expect((await sure(() => register(token))).status, reason).toBe(200);
      const refused = await sure(() => start(tokens['client-a'], agent));
      expect(refused).toMatchObject({ status: 403, body: { code: 'client_not_authorized' } });
      const evidence = { mode: 'always', rule: reason, source: 'graph' };
      expect(await trailOf(refused)).toMatchObject([{ outcome: 'denied', reason, evidence }]);
    }
  });

  describe('as production runs it, a file with nothing beside it,', () => {
    let directory: string;
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'lkps-bundle-'));
    });
    afterAll(() => rm(directory, { recursive: true }));

    it.each<[string, () => Promise<{ readonly url: string; readonly stop: () => Promise<void> }>]>([
      [
        'the command',
        async () => {
          const cli = join(directory, 'lkps.mjs');
          await copyFile(CLI_BUNDLE, cli);
          return startLkps({ env: fixture.stack.lkpsEnv, cli });
        },
      ],
      ['the function', () => startLkpsOnLambda({ kind: 'http-api', env: fixture.stack.lkpsEnv })],
    ])('%s asks Graph', async (_name, run) => {
      const service = await run();
      const edge = await fixture.stack.startOcelot(service.url);
      const [listed, unlisted] = [
        await sure(() => start(tokens['client-a'], idOf('agent-a'), edge.url)),
        await sure(() => start(tokens['client-b'], idOf('agent-a'), edge.url)),
      ];
      await edge.stop();
      await service.stop();
      expect([listed.status, unlisted.status]).toEqual([201, 403]);
      const granted = (await trailOf(listed)).find(({ type }) => type === 'session.granted');
      expect(granted?.evidence).toMatchObject({ rule: 'pre_authorized', source: 'graph' });
    });
  });
});
