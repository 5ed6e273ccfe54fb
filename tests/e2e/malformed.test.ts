import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRaw } from '../support/raw-http-client.ts';
import type { RawHeader, RawRequest } from '../support/http-message.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';

const JSON_TYPE: RawHeader = ['content-type', 'application/json'];

/** Sent past the edge stand-in with its proof, so that nothing in front of the service mends or refuses them. */
describe('requests that are wrong in every way', () => {
  let fixture: StackFixture;
  let caller: readonly RawHeader[];
  let agentId: string;

  beforeAll(async () => {
    fixture = await openStack({ agent: false });
    const { proxy_proof: proof, apps } = fixture.description;
    agentId = apps['agent-a'].client_id;
    caller = [
      [proof.header, proof.value],
      ['client-id', apps['client-a'].client_id],
      ['user-id', apps['client-a'].service_principal_id],
    ];
  });
  afterAll(() => fixture.close());

  const counts = async (): Promise<unknown> =>
    fixture.sql(
      `select (select count(*) from sessions) as sessions, (select count(*) from agents) as agents,
         (select count(*) from session_facts) as facts, (select count(*) from webhook_events) as webhooks,
         (select count(*) from audit_events where outcome = 'allowed') as allowed`,
    );
  const send = (request: RawRequest) => sendRaw(fixture.stack.lkps.port, request);
  const start = (body: string | Uint8Array, headers: readonly RawHeader[] = [JSON_TYPE]): RawRequest => ({
    method: 'POST',
    target: '/api/session/start',
    headers: [...caller, ...headers],
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  });

  it('each gets its 4xx with the documented code, and together they change nothing', async () => {
    const good = `{"agent_entra_app_id":"${agentId}"}`;
    const bodies: Readonly<Record<string, readonly [RawRequest, number, string]>> = {
      'not JSON': [start('{'), 400, 'malformed_json'],
      'two documents': [start('{}{}'), 400, 'malformed_json'],
      'not UTF-8': [start(Uint8Array.of(0x7b, 0xff, 0x7d)), 400, 'malformed_json'],
      nothing: [start(''), 400, 'malformed_json'],
      'deeply nested': [start('['.repeat(60_000)), 400, 'malformed_json'],
      null: [start('null'), 400, 'invalid_request'],
      'a list': [start('[]'), 400, 'invalid_request'],
      'no agent': [start('{}'), 400, 'invalid_request'],
      'a number for an agent': [start('{"agent_entra_app_id":1}'), 400, 'invalid_request'],
      'not a GUID': [start('{"agent_entra_app_id":"agent-a"}'), 400, 'invalid_request'],
      'braces around it': [start(`{"agent_entra_app_id":"{${agentId}}"}`), 400, 'invalid_request'],
      'an unknown field': [start(`{"agent_entra_app_id":"${agentId}","room":"x"}`), 400, 'invalid_request'],
      __proto__: [start(`{"agent_entra_app_id":"${agentId}","__proto__":{}}`), 400, 'invalid_request'],
      'too large': [start(' '.repeat(70_000) + good), 413, 'body_too_large'],
      'no content type': [start(good, []), 415, 'unsupported_media_type'],
      'a form': [start(good, [['content-type', 'text/plain']]), 415, 'unsupported_media_type'],
      latin1: [
        start(good, [['content-type', 'application/json; charset=latin1']]),
        415,
        'unsupported_media_type',
      ],
      compressed: [start(good, [JSON_TYPE, ['content-encoding', 'gzip']]), 415, 'unsupported_media_type'],
      'two content types': [start(good, [JSON_TYPE, JSON_TYPE]), 415, 'unsupported_media_type'],
    };
    const before = await counts();
    for (const [what, [request, status, code]] of Object.entries(bodies)) {
      const response = await send(request);
      const problem: unknown = JSON.parse(new TextDecoder().decode(response.body));
      expect({ status: response.status, problem }, what).toMatchObject({ status, problem: { status, code } });
    }
    expect(await counts()).toEqual(before);
  });

  it('a method, path or target that is not of the contract gets 404 or 405', async () => {
    const wrong: readonly (readonly [string, string, number])[] = [
      ['GET', '/api/session/start', 405],
      ['DELETE', '/api/agent/register', 405],
      ['POST', '/api/health', 405],
      ['GET', '/livekit/webhook', 405],
      ['POST', '/api/session/start/', 404],
      ['POST', '/API/session/start', 404],
      ['POST', '/api/session/%73tart', 404],
      ['POST', '//api/session/start', 404],
      ['POST', '/api/session/../session/start', 404],
      ['GET', '/', 404],
      ['GET', '/metrics', 404],
      ['OPTIONS', '*', 404],
    ];
    for (const [method, target, status] of wrong) {
      expect((await send({ method, target, headers: caller })).status, `${method} ${target}`).toBe(status);
    }
  });

  it.each([
    ['client-id', ['client-id', 'ffffffff-ffff-4fff-8fff-ffffffffffff']],
    ['Client-ID', ['Client-ID', 'ffffffff-ffff-4fff-8fff-ffffffffffff']],
    ['client_id', ['client_id', 'ffffffff-ffff-4fff-8fff-ffffffffffff']],
    ['user.id', ['user.id', 'x']],
    ['x_bayer_user', ['x_bayer_user', 'a@b.c']],
    ['user-profile', ['user-profile', '{"user_id":"ffffffff-ffff-4fff-8fff-ffffffffffff"}']],
    ['x-lkps-proxy-proof', ['x-lkps-proxy-proof', 'again']],
  ] as const)('one more identity header, %s, makes the caller nobody', async (_, header) => {
    const before = await counts();
    const request = start(`{"agent_entra_app_id":"${agentId}"}`);
    const response = await send({ ...request, headers: [...(request.headers ?? []), header] });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toEqual(['Bearer']);
    expect(await counts()).toEqual(before);
  });

  it('leaves a service that still works', async () => {
    expect((await send({ method: 'GET', target: '/api/health' })).status).toBe(200);
    const registered = await send({
      method: 'POST',
      target: '/api/agent/register',
      headers: [
        [fixture.description.proxy_proof.header, fixture.description.proxy_proof.value],
        ['client-id', agentId],
        ['user-id', fixture.description.apps['agent-a'].service_principal_id],
      ],
    });
    expect(registered.status).toBe(200);
  });
});
