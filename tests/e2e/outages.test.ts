import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilAgentIs } from '../../dev/agent-presence.ts';
import { applicationToken, bearer, post, type Answer } from '../../dev/platform-client.ts';
import { freePort } from '../../dev/process/free-port.ts';
import { eventually } from '../support/eventually.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';
import { openSwitchedPort } from '../support/switched-port.ts';

interface Timed {
  readonly answer: Answer;
  readonly ms: number;
}

interface Health {
  readonly status: number;
  readonly body: unknown;
}

const isHealthy = ({ status }: Health): boolean => status === 200;
const isUnwell = ({ status }: Health): boolean => status === 503;
const MOST_TIMES = 3;
const LIVEKIT_FAILS = {
  status: 'fail',
  checks: { livekit: { status: 'fail' }, database: { status: 'pass' } },
};

describe('when a part of the platform is gone', () => {
  let fixture: StackFixture;
  let agentToken: string;
  let clientToken: string;

  beforeAll(async () => {
    fixture = await openStack({ agent: false });
    const { description } = fixture;
    agentToken = await applicationToken(description, description.apps['agent-a']);
    clientToken = await applicationToken(description, description.apps['client-a']);
    await fixture.online('agent-a');
  });
  afterAll(() => fixture.close());

  async function timed(request: () => Promise<Answer>): Promise<Timed> {
    const startedAt = performance.now();
    const answer = await request();
    return { answer, ms: performance.now() - startedAt };
  }
  const register = (): Promise<Timed> =>
    timed(() => post(`${fixture.description.ocelot_url}/api/agent/register`, {}, bearer(agentToken)));
  const start = (ocelotUrl = fixture.description.ocelot_url): Promise<Timed> => {
    const body = { agent_entra_app_id: fixture.description.apps['agent-a'].client_id };
    return timed(() => post(`${ocelotUrl}/api/session/start`, body, bearer(clientToken)));
  };
  const health = async (url = fixture.description.lkps_url): Promise<Health> => {
    const response = await fetch(`${url}/api/health`);
    return { status: response.status, body: await response.json() };
  };
  const presence = (is: 'online' | 'offline'): Promise<void> =>
    untilAgentIs(is, fixture.description.apps['agent-a'].client_id, {
      databaseUrl: fixture.stack.postgres.serviceUrl,
    });
  const isWell = async (): Promise<void> => {
    await eventually(health, isHealthy);
    await presence('online');
  };
  const trailOf = async ({ answer }: Timed): Promise<readonly string[]> => {
    const rows = await fixture.sql<{ type: string }>(
      'select type from audit_events where request_id = $1 order by event_id',
      [answer.requestId],
    );
    return rows.map(({ type }) => type);
  };

  function expectNoToken({ answer }: Timed, code: string): void {
    expect(answer).toMatchObject({ status: 503, body: { code } });
    expect(JSON.stringify(answer.body)).not.toContain('eyJ');
  }
  /** Each time without a token. How long the service waits is the same each time; how long the machine stands still is not. */
  async function expectRefusedWithin(
    ms: number,
    code: string,
    ask: () => Promise<readonly Timed[]>,
  ): Promise<void> {
    for (let times = 1; ; times += 1) {
      const refused = await ask();
      for (const one of refused) expectNoToken(one, code);
      const slowest = Math.max(...refused.map((one) => one.ms));
      if (slowest < ms) return;
      expect(times, `refused after ${slowest} ms`).toBeLessThan(MOST_TIMES);
    }
  }

  it('LiveKit down: 503 in time, the session failed on record, health says which; well again after', async () => {
    const way = await openSwitchedPort(); // of the service alone: its agents are still there
    way.pointTo(fixture.stack.livekit.port);
    const { url } = await fixture.stack.startLkps({ LKPS_LIVEKIT_URL: way.url });
    const edge = await fixture.stack.startOcelot(url);
    way.pointTo(await freePort());
    way.cut();
    const refused = await start(edge.url);
    expectNoToken(refused, 'livekit_unavailable');
    await expectRefusedWithin(5500, 'livekit_unavailable', async () => [await start(edge.url)]);
    expect(await trailOf(refused)).toEqual(['session.requested', 'session.transition', 'session.failed']);
    const [session] = await fixture.sql(
      'select s.state from sessions s join audit_events a using (session_id) where a.request_id = $1 limit 1',
      [refused.answer.requestId],
    );
    expect(session).toEqual({ state: 'failed' });
    expect(await eventually(() => health(url), isUnwell)).toMatchObject({ body: LIVEKIT_FAILS });
    way.pointTo(fixture.stack.livekit.port);
    await eventually(() => health(url), isHealthy);
    expect((await start(edge.url)).answer.status).toBe(201);
    await way.close();
  });

  it('LiveKit ended, and its workers with it: 503 and no room; they come back once it does', async () => {
    await fixture.stack.livekit.halt();
    await presence('offline');
    const refused = await start();
    expectNoToken(refused, 'agent_unavailable');
    expect(await trailOf(refused)).toEqual(['session.denied']);
    expect(await eventually(health, isUnwell)).toMatchObject({ body: LIVEKIT_FAILS });
    expect((await register()).answer.status).toBe(200);
    await fixture.stack.livekit.start();
    await isWell();
    expect((await start()).answer.status).toBe(201);
  });

  it('LiveKit frozen: 503 within 5 s and no token; nothing is stuck afterwards', async () => {
    await expectRefusedWithin(5500, 'livekit_unavailable', async () => {
      await isWell();
      fixture.stack.livekit.child.pause();
      try {
        return [await start()];
      } finally {
        fixture.stack.livekit.child.resume();
      }
    });
    await isWell();
    expect((await start()).answer.status).toBe(201);
  });

  it('an audit trail that hangs: 503 within 2 s and no token; nothing is stuck afterwards', async () => {
    await fixture.sql('begin');
    await fixture.sql('lock table audit_events in access exclusive mode');
    try {
      await expectRefusedWithin(2500, 'audit_unavailable', () => Promise.all([register(), start()]));
    } finally {
      await fixture.sql('rollback');
    }
    await isWell();
    expect((await start()).answer.status).toBe(201);
  });

  it('PostgreSQL down: no token for anyone, refusals included; well again after', async () => {
    await fixture.stack.postgres.halt();
    await expectRefusedWithin(2500, 'audit_unavailable', () => Promise.all([register(), start()]));
    const around = await post(`${fixture.description.lkps_url}/api/agent/register`, {});
    expect(around).toMatchObject({ status: 503, body: { code: 'audit_unavailable' } });
    expect(await eventually(health, isUnwell)).toMatchObject({
      body: { checks: { database: { status: 'fail' } } },
    });
    await fixture.stack.postgres.start();
    await isWell();
    expect((await register()).answer.status).toBe(200);
    expect((await start()).answer.status).toBe(201);
  });

  it('none of it printed a token, a secret or a connection string', () => {
    const logged = fixture.log.join('\n');
    expect(logged).toContain('livekit_unavailable');
    expect(logged).toContain('audit_unavailable');
    for (const secret of ['eyJ', 'postgres://', fixture.stack.livekitKey.secret, fixture.stack.proof.value]) {
      expect(logged).not.toContain(secret);
    }
  });
});
