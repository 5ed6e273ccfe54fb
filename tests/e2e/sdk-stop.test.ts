import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAccounts, entraApps, type Accounts } from '../../dev/accounts.ts';
import { startEntra, type Entra } from '../../dev/entra/server.ts';
import { startSdkAgent, type SdkAgent } from '../sdk/agent-process.ts';
import { openFakeEdge, openSilence, type FakeEdge, type Silence } from '../sdk/fake-edge.ts';
import { EVERY_ROUND, inBoth, type Language } from '../sdk/language.ts';
import { EXIT } from '../sdk/messages.ts';
import { sdkPython } from '../sdk/python.ts';
import { PYTHON_SOURCES } from '../sdk/stage.ts';

interface Phase {
  readonly env: Readonly<Record<string, string>>;
  readonly reached: (agent: SdkAgent) => Promise<unknown>;
}

type Stop = 'Ctrl-C' | 'SIGTERM';

/** Emulated Entra, and somebody in the place of everything else who never gets to the point. */
describe('an agent that is stopped before it is an agent', { timeout: 300_000 }, () => {
  let accounts: Accounts;
  let entra: Entra;
  let edge: FakeEdge;
  let python: string;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    accounts = createAccounts();
    [python, entra] = await Promise.all([
      sdkPython(() => undefined),
      startEntra({
        tenantId: accounts.tenantId,
        resources: [accounts.resource],
        apps: entraApps(accounts),
        users: [],
      }),
    ]);
    edge = await openFakeEdge({
      busy: { status: 503, body: { code: 'overloaded' }, headers: { 'retry-after': '60' } },
    });
  });
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
  });
  afterAll(async () => {
    await Promise.all([edge.close(), entra.stop()]);
  });

  const phases: Readonly<Record<string, () => Promise<Phase>>> = {
    'asking Entra': async () => {
      const silence = await silent();
      return {
        env: { AZURE_AUTHORITY_HOST: `https://127.0.0.1:${silence.port}` },
        reached: () => silence.until(1),
      };
    },
    registering: async () => {
      const silence = await silent();
      return { env: { LKPS_URL: `http://127.0.0.1:${silence.port}` }, reached: () => silence.until(1) };
    },
    'waiting to try again': () =>
      Promise.resolve({
        env: { LKPS_URL: edge.url('busy') },
        reached: (agent) => agent.untilLogged('not_registered'),
      }),
    connecting: async () => {
      const gateway = await silent();
      const body = {
        token: 'a.b.c',
        livekit_url: `ws://127.0.0.1:${gateway.port}`,
        agent_name: accounts.apps['agent-a'].clientId,
        expires_at: new Date(Date.now() + 3_600_000).toISOString(),
        region: 'eu',
      };
      const own = await openFakeEdge({ registers: { status: 200, body } });
      closing.push(() => own.close());
      return { env: { LKPS_URL: own.url('registers') }, reached: () => gateway.until(1) };
    },
  };
  async function silent(): Promise<Silence> {
    const silence = await openSilence();
    closing.push(() => silence.close());
    return silence;
  }
  async function stopsAt(language: Language, name: string, stop: Stop): Promise<void> {
    const { env, reached } = (await phases[name]?.()) ?? expect.unreachable();
    const { clientId, clientSecret } = accounts.apps['agent-a'];
    const agent = await startSdkAgent({
      language,
      python,
      env: {
        AZURE_AUTHORITY_HOST: entra.authority,
        AZURE_TENANT_ID: accounts.tenantId,
        AZURE_CLIENT_ID: clientId,
        AZURE_CLIENT_SECRET: clientSecret,
        NODE_EXTRA_CA_CERTS: entra.caFile,
        REQUESTS_CA_BUNDLE: entra.caFile,
        LKPS_URL: edge.url('busy'),
        LKPS_SCOPE: accounts.scope,
        PYTHONPATH: PYTHON_SOURCES,
        ...env,
      },
    });
    closing.push(() => agent.stop());
    await agent.unlessOver(reached(agent));
    await delay(200);
    if (stop === 'Ctrl-C') agent.pressCtrlC();
    else agent.signal('SIGTERM');
    expect(await agent.ended(), `${name}, ${stop}`).toMatchObject({ code: EXIT.stopped, left: [] });
    expect(agent.output.join('\n')).not.toContain(clientSecret);
  }

  it.each(Object.keys(phases).map((name, index) => [name, index] as const))(
    'while %s: ends by itself, with 0, and nothing is left',
    (name, index) =>
      inBoth(async (language) => {
        const stops: readonly Stop[] = ['Ctrl-C', 'SIGTERM'];
        const own = stops.filter(
          (_, nth) => EVERY_ROUND || (index + nth) % 2 === Number(language === 'python'),
        );
        for (const stop of own) await stopsAt(language, name, stop);
      }),
  );
});
