import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../../adapters/http/index.ts';
import { openStage, toHttpRequest } from '../../support/http-stage.ts';
import { textOf } from '../../support/http-message.ts';
import type { Principal } from '../../../core/index.ts';
import { agentApp, clientApp, strangerApp } from '../../support/platform-cast.ts';
import { platformOverMemory, type Platform } from '../../support/platform-over-memory.ts';
import { jsonOf } from '../../support/platform-requests.ts';

const HEALTH = toHttpRequest({ method: 'GET', target: '/api/health' });

/** A platform whose ports do nothing before `open()`, and what was asked of them. */
function gated(maxInFlight: number): {
  readonly platform: Platform;
  readonly calls: string[];
  readonly open: () => void;
} {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const calls: string[] = [];
  const platform = platformOverMemory({
    maxInFlight,
    faults: {
      lag: () => gate,
      next: (port, method) => {
        calls.push(`${port}.${method}`);
        return 'none';
      },
    },
  });
  return {
    platform,
    calls,
    open: () => {
      open();
    },
  };
}

function register({ identity }: Platform, caller: Principal = agentApp): HttpRequest {
  const headers = identity.enrol(caller);
  return { ...toHttpRequest({ method: 'POST', target: '/api/agent/register' }), headers };
}

describe('the bound on requests in flight', () => {
  it('refuses one more at once, before it is known whose it is, and says when to come back', async () => {
    const { platform, calls, open } = gated(3);
    const request = register(platform);
    const others = [clientApp, strangerApp].map((caller) => register(platform, caller));
    const admitted = [request, ...others].map(platform.handler);
    const refused = await Promise.all(Array.from({ length: 7 }, () => platform.handler(request)));
    for (const response of refused) {
      expect([response.status, response.headers['retry-after']]).toEqual([503, '1']);
      expect(jsonOf(response)).toMatchObject({ code: 'overloaded' });
    }
    expect(calls).toEqual(Array(3).fill('identity.identify'));
    open();
    const statuses = (await Promise.all(admitted)).map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200]);
    expect((await platform.handler(request)).status).toBe(200);
  });

  it('holds for webhooks and refusals as well, and not for health', async () => {
    const { platform, open } = gated(1);
    const first = platform.handler(toHttpRequest({ method: 'POST', target: '/livekit/webhook' }));
    const nobody = toHttpRequest({ method: 'POST', target: '/api/session/start' });
    expect((await platform.handler(nobody)).status).toBe(503);
    expect((await platform.handler(HEALTH)).status).toBe(200);
    expect((await platform.handler({ ...HEALTH, method: 'HEAD' })).status).toBe(200);
    open();
    expect((await first).status).toBe(401);
    expect((await platform.handler(nobody)).status).toBe(401);
  });

  it('is given back by every answer, also of a defect', async () => {
    const { platform, as } = await openStage({ maxInFlight: 1, failing: 'tokens' });
    const request = { method: 'POST', target: '/api/agent/register', headers: [as('agent')] };
    for (let count = 0; count < 5; count += 1) {
      expect((await platform.handler(toHttpRequest(request))).status).toBe(500);
    }
    expect(platform.handler.isFull?.()).toBe(false);
  });

  it('is told to hosts, so that they need not read a body', async () => {
    const { platform, open } = gated(1);
    expect(platform.handler.isFull?.()).toBe(false);
    const first = platform.handler(register(platform));
    expect(platform.handler.isFull?.()).toBe(true);
    open();
    await first;
    expect(platform.handler.isFull?.()).toBe(false);
  });

  it('is what a body says that a host left on the wire, though there is room again', async () => {
    const { platform, as } = await openStage();
    for (const target of ['/api/agent/register', '/api/session/start', '/livekit/webhook']) {
      const request = toHttpRequest({ method: 'POST', target, headers: [as('client')] });
      const { status, body } = await platform.handler({ ...request, body: 'not_read' });
      expect([status, textOf(body)]).toEqual([503, expect.stringContaining('"overloaded"')]);
    }
  });

  it('is logged like every refusal', async () => {
    const { platform } = await openStage({ maxInFlight: 0 });
    await platform.handler(register(platform));
    expect(platform.log).toMatchObject([{ operation: 'registerAgent', status: 503, code: 'overloaded' }]);
  });
});
