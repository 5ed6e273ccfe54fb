import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFunction, type LambdaFunction } from '../../dev/lambda/function.ts';
import type { GatewayRequest } from '../../dev/lambda/gateway-message.ts';
import { httpApiEvent, httpApiResponse } from '../../dev/lambda/http-api-event.ts';
import { restEvent, restResponse } from '../../dev/lambda/rest-event.ts';
import { LAMBDA_TASK_ROOT } from '../support/bundles.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';

type Claims = Readonly<Record<string, string | number>>;

/** No proxy in front: API Gateway verified the token, and the function believes only what the gateway says of it. */
describe('the function behind an authorizer', () => {
  const audience = 'api://lkps.example.test';
  let fixture: StackFixture;
  let lambda: LambdaFunction;
  let agent: Claims;
  let user: Claims;

  beforeAll(async () => {
    fixture = await openStack({ agent: false });
    await fixture.online('agent-a');
    const { accounts, lkpsEnv } = fixture.stack;
    const { LKPS_PROXY_PROOF, LKPS_PROXY_SECRETS, LKPS_APPLICATION_EVIDENCE, ...env } = lkpsEnv;
    expect([LKPS_PROXY_PROOF, LKPS_PROXY_SECRETS, LKPS_APPLICATION_EVIDENCE]).not.toContain(undefined);
    const { 'agent-a': agentA, 'client-a': clientA } = accounts.apps;
    lambda = await startFunction({
      taskRoot: LAMBDA_TASK_ROOT,
      initTimeoutMs: 60_000,
      env: {
        ...env,
        LKPS_IDENTITY: 'authorizer',
        LKPS_ENTRA_TENANT_ID: accounts.tenantId,
        LKPS_ENTRA_AUDIENCES: audience,
        LKPS_ENTRA_CLIENTS: `${agentA.clientId},${clientA.clientId}`,
      },
    });
    const common = {
      tid: accounts.tenantId,
      iss: `https://login.microsoftonline.com/${accounts.tenantId}/v2.0`,
      aud: audience,
      exp: Math.floor(Date.now() / 1000) + 3600,
    };
    const { servicePrincipalId: oid } = agentA;
    agent = { ...common, azp: agentA.clientId, oid, sub: oid, idtyp: 'app' };
    user = { ...common, azp: clientA.clientId, oid: accounts.users.ada.objectId, sub: 'x', scp: 'access' };
  });
  afterAll(async () => {
    await lambda.stop();
    await fixture.close();
  });

  function post(target: string, body: object, headers: GatewayRequest['headers'] = []): GatewayRequest {
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    const json = ['content-type', 'application/json'] as const;
    return { method: 'POST', target, headers: [json, ...headers], body: bytes, sourceIp: '192.0.2.10' };
  }
  const register = post('/api/agent/register', {});

  async function viaHttpApi(request: GatewayRequest, claims?: Claims): Promise<number> {
    const authorizer = claims === undefined ? {} : { authorizer: { kind: 'jwt', claims } as const };
    return httpApiResponse(await lambda.invoke(httpApiEvent(request, authorizer))).status;
  }
  async function viaRestApi(request: GatewayRequest, context: Claims): Promise<number> {
    const event = restEvent(request, { authorizer: { kind: 'lambda', context } });
    return restResponse(await lambda.invoke(event)).status;
  }

  it('registers an agent and starts a session, on record as who the claims say', async () => {
    const { accounts } = fixture.stack;
    expect(await viaHttpApi(register, agent)).toBe(200);
    expect(await viaRestApi(register, agent)).toBe(200);
    const start = post('/api/session/start', { agent_entra_app_id: accounts.apps['agent-a'].clientId });
    expect(await viaHttpApi(start, user)).toBe(201);
    expect(await viaRestApi(start, user)).toBe(201);
    const rows = await fixture.sql<{ type: string; actor_kind: string; actor_client_id: string }>(
      `select type, actor_kind, actor_client_id from audit_events
       where type in ('agent.registered', 'session.granted') and source_ip = '192.0.2.10' order by event_id`,
    );
    const registered = { type: 'agent.registered', actor_kind: 'application', actor_client_id: agent['azp'] };
    const granted = { type: 'session.granted', actor_kind: 'user', actor_client_id: user['azp'] };
    expect(rows).toEqual([registered, registered, granted, granted]);
  });

  it('refuses whoever no authorizer spoke for, whatever their headers say, and grants nothing', async () => {
    const { 'agent-a': agentA } = fixture.stack.accounts.apps;
    const headers = [
      [fixture.stack.proof.header, fixture.stack.proof.value],
      ['client-id', agentA.clientId],
      ['user-id', agentA.servicePrincipalId],
      ['authorization', 'Bearer whatever'],
    ] as const;
    const before = await grants();
    expect(await viaHttpApi(post('/api/agent/register', {}, headers))).toBe(401);
    expect(await viaHttpApi(register, { ...agent, tid: agentA.clientId })).toBe(401);
    expect(await viaHttpApi(register, { ...agent, aud: 'https://graph.microsoft.com' })).toBe(401);
    expect(await viaRestApi(register, { ...agent, exp: Math.floor(Date.now() / 1000) })).toBe(401);
    expect(await viaRestApi(register, { ...agent, azp: agentA.servicePrincipalId })).toBe(401);
    expect(await viaRestApi(register, user)).toBe(403);
    expect(await grants()).toBe(before);
    const refused = await fixture.sql<{ reason: string }>(
      `select reason from audit_events where type = 'agent.registration_denied' order by event_id`,
    );
    expect(refused.map(({ reason }) => reason)).toEqual([
      'authorizer_claims_missing',
      'tenant_wrong',
      'audience_wrong',
      'token_expired',
      'client_not_listed',
      'service_principal_required',
    ]);
  });

  async function grants(): Promise<number> {
    return (
      await fixture.sql(`select 1 from audit_events where outcome = 'allowed' and token_id is not null`)
    ).length;
  }
});
