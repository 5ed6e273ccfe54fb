import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runClient } from '../../dev/client-process.ts';
import type { StartedSession } from '../../dev/platform-client.ts';
import { freePort } from '../../dev/process/free-port.ts';
import type { EchoClients } from '../agents/echo-clients.ts';
import { eventually } from '../support/eventually.ts';
import { openSwitchedPort, type SwitchedPort } from '../support/switched-port.ts';
import type { SdkAgent } from '../sdk/agent-process.ts';
import { APP, EVERY_ROUND, inBoth, LANGUAGES, type Language } from '../sdk/language.ts';
import { EXIT } from '../sdk/messages.ts';
import { openSdkStage, PYTHON_SOURCES, textFact, type SdkStage } from '../sdk/stage.ts';

const TTL_SECONDS = 24;
const TTL_MS = TTL_SECONDS * 1000;
const SKEW = fileURLToPath(new URL('../sdk/skew', import.meta.url));
/** The clock of an agent's machine, in hours. */
const HOURS = { python: 5, typescript: -5 } as const;
/** Reports that it is full: no job is given to it. */
const FULL = { CONFORMANCE_LOAD: '1' };

/**
 * The gateway as a process of its own, and tokens as short-lived as to be renewed meanwhile. Of each language: an agent with
 * a real client, which must never miss an echo; one whose machine has another time; and one whose way to LKPS is cut.
 */
describe('the life of agents of the SDKs', { timeout: 300_000 }, () => {
  let stage: SdkStage;
  let gateway: NonNullable<SdkStage['fixture']['stack']['agentGateway']>;
  const outages = new Map<Language, Promise<string>>();
  const ways: SwitchedPort[] = [];
  const serving = new Map<Language, SdkAgent>();
  const skewed = new Map<Language, SdkAgent>();
  const skewedAtMs = new Map<Language, number>();
  const cutOff = new Map<Language, SdkAgent>();
  const clients = new Map<Language, EchoClients>();

  beforeAll(async () => {
    stage = await openSdkStage({
      agentGateway: 'separate',
      env: { LKPS_TOKEN_TTL_SECONDS: String(TTL_SECONDS) },
    });
    gateway = stage.fixture.stack.agentGateway ?? expect.unreachable();
    await inBoth(async (language) => {
      serving.set(language, await stage.online(language));
      await listenAnew(language);
      outages.set(language, goThroughOutage(language).catch(String));
      skewedAtMs.set(language, performance.now());
      skewed.set(language, await stage.start(language, { env: { ...FULL, ...skew(HOURS[language]) } }));
      await of(skewed, language).until('connected');
    });
  });
  afterAll(async () => {
    await stage.close();
    await Promise.all(ways.map((way) => way.close()));
  });

  /** Beside all that happens to the others: away at the renewal, back, and away until the end. */
  async function goThroughOutage(language: Language): Promise<string> {
    const { stack } = stage.fixture;
    const nowhere = await freePort();
    const way = await openSwitchedPort();
    ways.push(way);
    way.pointTo(stack.lkps.port);
    const edge = await stack.startOcelot(way.url);
    const agent = await stage.start(language, { env: { ...FULL, LKPS_URL: edge.url } });
    cutOff.set(language, agent);
    await agent.until('connected');
    way.pointTo(nowhere);
    way.cut();
    await agent.until('not_renewed');
    const renewals = agent.count('renewed'); // of before it was cut off, on a machine that took its time
    way.pointTo(stack.lkps.port);
    await agent.until('renewed', renewals + 1);
    way.pointTo(nowhere);
    way.cut();
    return 'as told';
  }

  const of = <T>(all: ReadonlyMap<Language, T>, language: Language): T =>
    all.get(language) ?? expect.unreachable();
  const skew = (hours: number): Readonly<Record<string, string>> => ({
    LKPS_TEST_SKEW_SECONDS: String(hours * 3600),
    PYTHONPATH: `${SKEW}:${PYTHON_SOURCES}`,
    NODE_OPTIONS: `--import ${new URL(`file://${SKEW}/clock.mjs`).href}`,
  });
  const expectNothingMissing = async (language: Language): Promise<void> => {
    await of(clients, language).hearsMore();
    const tallies = await of(clients, language).finish();
    expect(tallies.map(({ asked, missing }) => ({ some: asked > 10, missing }))).toEqual([
      { some: true, missing: [] },
    ]);
  };
  /** Of the token that the newest connection was opened with. */
  const leftMs = (agent: SdkAgent): number => {
    const names = agent.events.map(({ event }) => event);
    const before = names.slice(0, names.lastIndexOf('connected'));
    const renewals = before.filter((name) => name === 'renewed').length;
    const [event, nth] = renewals === 0 ? (['registered', 0] as const) : (['renewed', renewals - 1] as const);
    return Date.parse(textFact(agent, event, 'expires_at', nth)) - Date.now();
  };
  /** In the middle of a connection: with tokens as short-lived as here, its end leaves half a second to dispatch an agent. */
  const startSession = async (language: Language): Promise<StartedSession> => {
    await eventually(
      () => Promise.resolve(leftMs(of(serving, language))),
      (left) => left > TTL_MS / 2,
      60_000,
    );
    await stage.untilOnline(language);
    return stage.session(language);
  };
  const endSessions = async (language: Language): Promise<void> => {
    const { client_id: id } = stage.fixture.description.apps[APP[language]];
    expect(await stage.lkps('sessions', 'end', '--agent', id)).toMatchObject({ code: 0 });
  };
  /** A job that is not over would wait for its room. */
  const endJobs = async (language: Language): Promise<void> => {
    await endSessions(language);
    const agent = of(serving, language);
    await agent.until('job_ended', agent.count('job_started'));
  };
  const listenAnew = async (language: Language): Promise<void> => {
    clients.set(language, await stage.listen(await startSession(language)));
  };

  it('renews in time, and swaps its connection for one with the newer token, while a job runs: nothing is lost', () =>
    inBoth(async (language) => {
      const agent = of(serving, language);
      const connections = agent.count('connected');
      await agent.until('renewed', 2);
      await agent.until('connected', connections + 1);
      await eventually(
        () => stage.count(language, 'worker.closed', 'renewed'),
        (closed) => closed > 0,
      );
      await agent.untilLogged('reconnecting');
      expect(agent.log.filter(({ fields }) => 'exc_info' in fields || 'err' in fields)).toEqual([]);
      await expectNothingMissing(language);
    }));

  it('a machine whose clock is hours off renews in time all the same, and not once more', () =>
    inBoth(async (language) => {
      const agent = of(skewed, language);
      await agent.until('renewed', 2);
      const renewals = agent.logged('early_renewal').length + agent.logged('not_renewed').length;
      expect({ renewals, running: agent.count('exit') }).toEqual({ renewals: 0, running: 0 });
      // One in 14 s to 16 s of life; a wrong clock would have it ask all the time, or never.
      const livedMs = performance.now() - (skewedAtMs.get(language) ?? 0);
      expect(agent.count('renewed')).toBeLessThanOrEqual(livedMs / (TTL_MS / 2));
    }));

  it('LKPS is down at the renewal: the agent goes on, and recovers; down until the token expires: it ends and says why', () =>
    inBoth(async (language) => {
      expect(await outages.get(language)).toBe('as told');
      const agent = of(cutOff, language);
      const end = await agent.ended();
      expect(end).toMatchObject({ code: EXIT.unavailable, left: [] });
      const named = agent.events.map(({ event }) => event).filter((event) => event !== 'access_token');
      expect(named.lastIndexOf('renewed')).toBeGreaterThan(named.indexOf('not_renewed'));
      expect(named.lastIndexOf('not_renewed')).toBeGreaterThan(named.lastIndexOf('renewed'));
    }));

  it('a gateway that was killed has its workers back, and the running job lost nothing', () =>
    inBoth(async (language) => {
      await once('listening', async () => {
        await Promise.all(LANGUAGES.map(listenAnew));
      });
      const agent = of(serving, language);
      const connections = agent.count('connected');
      await once('gateway', async () => {
        await gateway.child.kill();
        await delay(500);
        await gateway.start();
      });
      await agent.until('connected', connections + 1);
      await agent.untilLogged('connection_lost');
      await stage.untilOnline(language);
      await expectNothingMissing(language);
    }));

  it('a LiveKit that was away has its agents back, and they have sessions again', () =>
    inBoth(async (language) => {
      const agent = of(serving, language);
      const connections = agent.count('connected');
      await once('livekit', async () => {
        await Promise.all(LANGUAGES.map(endJobs));
        await stage.fixture.stack.livekit.halt();
        await Promise.all(LANGUAGES.map((each) => stage.untilOnline(each, 'offline')));
        await stage.fixture.stack.livekit.start();
      });
      await agent.until('connected', connections + 1);
      await stage.untilOnline(language);
      const talk = await runClient(await startSession(language), ['talk', '--timeout', '60']);
      expect(talk.exit.code, JSON.stringify(talk.events)).toBe(0);
      expect(agent.count('exit')).toBe(0);
    }));

  it('its application was disabled, or its secret ran out: at the renewal it ends with what Entra says, its job drained', () =>
    inBoth(async (language) => {
      const agent = of(serving, language);
      const { client_id: id } = stage.fixture.description.apps[APP[language]];
      await listenAnew(language);
      const { entra } = stage.fixture.stack;
      const bySecret = (language === 'python') !== EVERY_ROUND;
      if (bySecret) entra.setSecretsExpired(id, true);
      else entra.setAppEnabled(id, false);
      await agent.untilLogged('draining');
      await expectNothingMissing(language);
      await endSessions(language);
      const end = await agent.ended();
      expect(end).toMatchObject({ code: EXIT.refused, left: [] });
      expect(end.reason).toContain(`Entra refuses: AADSTS${bySecret ? '7000222' : '7000112'}`);
    }));

  it('no agent ever printed a secret or a token', () => {
    expect(stage.leaks()).toEqual([]);
  });

  const acts = new Map<string, Promise<void>>();
  /** What both languages go through, at the same time, once. */
  function once(name: string, act: () => Promise<void>): Promise<void> {
    const acting = acts.get(name) ?? act();
    acts.set(name, acting);
    return acting;
  }
});
