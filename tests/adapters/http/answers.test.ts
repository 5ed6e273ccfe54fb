import { describe, expect, it } from 'vitest';
import type { HttpResponse } from '../../../adapters/http/index.ts';
import { textOf, utf8, type RawRequest } from '../../support/http-message.ts';
import { JSON_TYPE, openStage, startBody, toHttpRequest, type Stage } from '../../support/http-stage.ts';
import { AGENT, CLIENT } from '../../support/platform-cast.ts';
import { SITE } from '../../support/platform-over-memory.ts';

const send = ({ platform }: Stage, request: RawRequest): Promise<HttpResponse> =>
  platform.handler(toHttpRequest(request));
const register = (stage: Stage): RawRequest => ({
  method: 'POST',
  target: '/api/agent/register',
  headers: [stage.as('agent')],
});
const start = (stage: Stage): RawRequest => ({
  method: 'POST',
  target: '/api/session/start',
  headers: [stage.as('client'), JSON_TYPE],
  body: utf8(startBody),
});
const health: RawRequest = { method: 'GET', target: '/api/health' };
const jsonOf = ({ body }: HttpResponse): unknown => JSON.parse(textOf(body));
const jwt: unknown = expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);

describe('an answer', () => {
  it('to an agent that registers is its token, and no more', async () => {
    const response = await send(await openStage(), register(await openStage()));
    expect(response.status).toBe(200);
    expect(jsonOf(response)).toEqual({
      token: jwt,
      livekit_url: SITE.agentUrl,
      agent_name: AGENT,
      expires_at: '2026-01-15T13:00:00Z',
      region: SITE.region,
    });
  });

  it('to a client that starts a session is its seat, and no more', async () => {
    const stage = await openStage();
    const response = await send(stage, start(stage));
    expect(response.status).toBe(201);
    const room: unknown = expect.stringMatching(/^s-[0-9a-f]{32}$/);
    const session: unknown = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(jsonOf(response)).toEqual({
      session_id: session,
      room_name: room,
      participant_identity: `app-${CLIENT}`,
      participant_token: jwt,
      livekit_url: SITE.livekitUrl,
      server_url: SITE.livekitUrl,
      expires_at: '2026-01-15T13:00:00Z',
      region: SITE.region,
    });
  });

  it('that carries a token is kept by nobody on the way', async () => {
    const stage = await openStage();
    for (const request of [register(stage), start(stage)]) {
      const { headers } = await send(stage, request);
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['content-type']).toBe('application/json');
    }
  });

  it('to a probe says what works', async () => {
    const stage = await openStage();
    const response = await send(stage, health);
    const pass = { status: 'pass', latency_ms: 0 };
    expect(response.status).toBe(200);
    expect(jsonOf(response)).toEqual({
      status: 'pass',
      version: SITE.version,
      region: SITE.region,
      checks: { livekit: pass, database: pass },
    });
  });

  it.for(['livekit', 'database'] as const)(
    'to a probe is 503 with Retry-After when the %s does not work',
    async (name) => {
      const stage = await openStage();
      stage.platform.healthy[name] = false;
      const response = await send(stage, health);
      expect([response.status, response.headers['retry-after']]).toEqual([503, '2']);
      expect(jsonOf(response)).toMatchObject({ status: 'fail', checks: { [name]: { status: 'fail' } } });
    },
  );

  it('to a probe that wants the headers only has the length of the body it does not carry', async () => {
    const stage = await openStage();
    const full = await send(stage, health);
    const bare = await send(stage, { ...health, method: 'HEAD' });
    expect([bare.status, bare.body.length]).toEqual([200, 0]);
    expect(bare.headers['content-length']).toBe(String(full.body.length));
    expect(bare.headers['content-type']).toBe('application/json');
  });

  it('to a webhook is empty', async () => {
    const stage = await openStage();
    const { body, signature } = stage.platform.webhooks.sign({ eventId: 'EV_1', event: 'egress_started' });
    const headers = [['authorization', signature]] as const;
    const response = await send(stage, { method: 'POST', target: '/livekit/webhook', headers, body });
    expect(response.status).toBe(200);
    expect(Object.keys(response.headers)).toEqual(['x-request-id']);
    expect(response.body.length).toBe(0);
  });

  it('to the wrong method names the right ones', async () => {
    const stage = await openStage();
    const allowAt = async (target: string): Promise<string | undefined> =>
      (await send(stage, { method: 'PATCH', target })).headers['allow'];
    expect(await allowAt('/api/agent/register')).toBe('POST');
    expect(await allowAt('/api/session/start')).toBe('POST');
    expect(await allowAt('/livekit/webhook')).toBe('POST');
    expect(await allowAt('/api/health')).toBe('GET, HEAD');
    expect(await allowAt('/elsewhere')).toBeUndefined();
  });
});
