import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createHttpHandler, type HttpHandler, type HttpRequest } from '../../../adapters/http/index.ts';
import type { Principal } from '../../../core/index.ts';
import { JSON_TYPE, openStage, startBody, toHttpRequest } from '../../support/http-stage.ts';
import { AGENT, ada, agentApp, clientApp, introduceCast, strangerApp } from '../../support/platform-cast.ts';
import { platformAtTheEdge, throughOcelot } from '../../support/platform-edge.ts';
import type { Platform } from '../../support/platform-over-memory.ts';
import { jsonOf, registerRequest, startRequest } from '../../support/platform-requests.ts';

function closedGate(): { readonly gate: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { gate, open };
}

/** The same platform, whose work after authentication waits for `open()`; and who is in work. */
function slowWork({ service }: Platform): {
  readonly handler: HttpHandler;
  readonly inWork: Principal[];
  readonly open: () => void;
} {
  const { gate, open } = closedGate();
  const inWork: Principal[] = [];
  const slow =
    <Input extends { readonly caller: Principal }, Output>(use: {
      readonly execute: (input: Input) => Promise<Output>;
    }) =>
    async (input: Input): Promise<Output> => {
      inWork.push(input.caller);
      await gate;
      return use.execute(input);
    };
  const handler = createHttpHandler({
    ...service,
    registerAgent: { execute: slow(service.registerAgent) },
    startSession: { execute: slow(service.startSession) },
  });
  return { handler, inWork, open };
}

const registrationOf = (caller: Principal): HttpRequest => registerRequest(throughOcelot(caller));
const startOf = (caller: Principal): HttpRequest => startRequest(throughOcelot(caller), AGENT);

describe('a client that has half of all requests in work', () => {
  it('gets no more of them with all its users, and other clients get the rest', async () => {
    const platform = platformAtTheEdge({ maxInFlight: 6 });
    introduceCast(platform);
    const { handler, inWork, open } = slowWork(platform);
    const held = [startOf(ada), startOf(clientApp), registrationOf(clientApp)].map(handler);
    await turn();
    for (const request of [startOf(ada), startOf(clientApp), registrationOf(clientApp)]) {
      const refused = await handler(request);
      expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
      expect(jsonOf(refused)).toMatchObject({ code: 'overloaded' });
    }
    const others = [startOf(agentApp), startOf(strangerApp), registrationOf(strangerApp)].map(handler);
    await turn();
    expect(inWork).toHaveLength(6);
    expect(inWork.slice(3)).toEqual([agentApp, strangerApp, strangerApp]);
    open();
    const statuses = (await Promise.all([...held, ...others])).map(({ status }) => status);
    expect(statuses).not.toContain(503);
  });

  it('is refused without a row, and the log says whose requests they were', async () => {
    const platform = platformAtTheEdge({ maxInFlight: 2 });
    const { handler, open } = slowWork(platform);
    const held = handler(startOf(ada));
    await turn();
    for (let count = 0; count < 5; count += 1) {
      expect((await handler(startOf(ada))).status).toBe(503);
    }
    expect(platform.audit.events).toEqual([]);
    const reason = `client ${ada.clientId} has 1 requests in flight`;
    expect(platform.log).toMatchObject(
      Array(5).fill({ operation: 'startSession', status: 503, code: 'overloaded', reason }),
    );
    open();
    await held;
  });

  it('has less of them with every answer, also of a refusal, a bad body or a defect', async () => {
    const { platform, as } = await openStage({ maxInFlight: 3, failing: 'tokens' });
    const post = (target: string, body: string): HttpRequest =>
      toHttpRequest({
        method: 'POST',
        target,
        headers: [as('agent'), JSON_TYPE],
        body: new TextEncoder().encode(body),
      });
    const cases = [
      [400, post('/api/session/start', '{')],
      [400, post('/api/agent/register', '[]')],
      [404, post('/api/session/start', startBody.replace(AGENT, clientApp.clientId))],
      [413, { ...post('/api/session/start', ''), body: 'too_large' }],
      [500, post('/api/agent/register', '')],
      [500, post('/api/session/start', startBody)],
    ] as const;
    for (const [status, request] of [...cases, ...cases]) {
      expect((await platform.handler(request)).status).toBe(status);
    }
  });

  it('is never one whom others merely claim to be', async () => {
    const { gate, open } = closedGate();
    let lag = gate;
    const platform = platformAtTheEdge({ maxInFlight: 4, faults: { next: () => 'none', lag: () => lag } });
    const { 'client-id': claimed = '' } = throughOcelot(clientApp);
    const forgers = Array.from({ length: 3 }, () =>
      platform.handler(startRequest({ 'client-id': claimed }, AGENT)),
    );
    await turn();
    lag = Promise.resolve();
    expect((await platform.handler(startOf(clientApp))).status).toBe(404);
    open();
    expect((await Promise.all(forgers)).map(({ status }) => status)).toEqual([401, 401, 401]);
  });
});
