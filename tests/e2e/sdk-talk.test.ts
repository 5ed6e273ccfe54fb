import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runClient } from '../../dev/client-process.ts';
import { applicationToken, bearer, post } from '../../dev/platform-client.ts';
import { eventually } from '../support/eventually.ts';
import type { SdkAgent } from '../sdk/agent-process.ts';
import { APP, CLIENT, inBoth, LANGUAGES, type Language } from '../sdk/language.ts';
import { EXIT, isBlocked, MESSAGES, type BlockedName } from '../sdk/messages.ts';
import { environmentOf } from '../sdk/process-tree.ts';
import { openSdkStage, textFact, type SdkStage } from '../sdk/stage.ts';

/** Of each attempt, the message that it ends with; undefined: it works. */
const EXPECTED: Readonly<Record<Language, Readonly<Record<string, BlockedName | undefined>>>> = {
  python: {
    api: 'api',
    'api of get_job_context': 'api',
    'api in a thread': 'api',
    delete_room: 'delete_room',
    add_sip_participant: 'sip',
    transfer_sip_participant: 'sip',
    LiveKitAPI: 'api',
    AccessToken: 'livekit_key',
    inference: 'inference',
    "AccessToken with a key of one's own": undefined,
  },
  typescript: {
    delete_room: 'delete_room',
    RoomServiceClient: 'api',
    inference: 'inference',
    "AccessToken with a key of one's own": undefined,
  },
};
const OTHER = { python: 'typescript', typescript: 'python' } as const;
/** From a shell that was used for plain LiveKit before. */
const LEFT_FROM_BEFORE = {
  LIVEKIT_URL: 'wss://planted.livekit.test',
  LIVEKIT_API_KEY: 'planted-api-key',
  LIVEKIT_API_SECRET: 'planted-api-secret-0123456789abcdef',
  LIVEKIT_AGENT_NAME: 'planted-agent-name',
};

/** Two teams, one of each language, on one platform; a real client of each. */
describe('agents of the SDKs, with real clients', { timeout: 300_000 }, () => {
  let stage: SdkStage;
  const agents = new Map<Language, SdkAgent>();

  beforeAll(async () => {
    stage = await openSdkStage();
    await inBoth(async (language) => {
      agents.set(language, await stage.online(language, { env: LEFT_FROM_BEFORE }));
    });
  });
  afterAll(() => stage.close());

  const agentOf = (language: Language): SdkAgent => agents.get(language) ?? expect.unreachable();
  const eventOf = (language: Language, name: string): Readonly<Record<string, unknown>> =>
    agentOf(language).events.find(({ event }) => event === name) ?? expect.unreachable(name);
  const roomsOf = (language: Language): readonly unknown[] =>
    agentOf(language)
      .events.filter(({ event }) => event === 'job_started')
      .map(({ room }) => room);

  const endSessions = async (language: Language): Promise<void> => {
    const { client_id: id } = stage.fixture.description.apps[APP[language]];
    expect(await stage.lkps('sessions', 'end', '--agent', id)).toMatchObject({ code: 0 });
  };

  it('an agent answers its client, by data and by sound', () =>
    inBoth(async (language) => {
      const talk = await runClient(await stage.session(language), ['talk', '--timeout', '60']);
      expect(talk.exit.code, JSON.stringify(talk.events)).toBe(0);
    }));

  it('two agents of two teams side by side: each gets its own sessions only, and only its own clients', () =>
    inBoth(async (language) => {
      const { description } = stage.fixture;
      const session = await stage.session(language, 'probe');
      const listening = await stage.listen(session);
      const token = await applicationToken(description, description.apps[CLIENT[OTHER[language]]]);
      const body = { agent_entra_app_id: description.apps[APP[language]].client_id };
      const refused = await post(`${description.ocelot_url}/api/session/start`, body, bearer(token));
      expect(refused).toMatchObject({ status: 403, body: { code: 'client_not_authorized' } });
      await agentOf(language).until('probed');
      const [tally] = await listening.finish();
      expect(tally).toMatchObject({ missing: [] });
      expect(roomsOf(language)).toContain(session.room);
      expect(roomsOf(OTHER[language])).not.toContain(session.room);
    }));

  it('what needs a LiveKit key fails at once with one clear error, in every process and thread', () =>
    inBoth(async (language) => {
      const answers = eventOf(language, 'probed')['answers'] as Readonly<Record<string, readonly string[]>>;
      const wrong = Object.entries(EXPECTED[language]).filter(([name, blocked]) => {
        const [, text = 'not tried'] = answers[name] ?? [];
        return blocked === undefined ? text !== '' : !isBlocked(blocked, text);
      });
      expect(wrong.map(([name]) => [name, answers[name]])).toEqual([]);
      if (language === 'python') expect(answers['api']?.[0]).toBe('RuntimeError');
      expect(JSON.stringify(answers)).not.toMatch(/set LIVEKIT_API/i);
      await Promise.resolve();
    }));

  it('no process of an agent has a LiveKit variable, a key or a token in its environment', () =>
    inBoth((language) => {
      const { livekit, tokens } = eventOf(language, 'environment');
      expect({ livekit, tokens }).toEqual({ livekit: {}, tokens: [] });
      const [, ...jobs] = agentOf(language).processes();
      expect(jobs.length).toBeGreaterThan(0);
      const held = jobs.flatMap(environmentOf).filter((entry) => /^LIVEKIT_|eyJ[\w-]+\.eyJ/.test(entry));
      expect(held).toEqual([]);
      const names = Object.keys(LEFT_FROM_BEFORE).join(', ');
      const removed = MESSAGES.log.removed.replace('{names}', names);
      expect(agentOf(language).log.filter(({ message }) => message === removed)).not.toEqual([]);
      return Promise.resolve();
    }));

  it('a registration has one request id: in the log of the agent, in that of LKPS, and in the audit trail', () =>
    inBoth(async (language) => {
      const [{ fields } = expect.unreachable()] = agentOf(language).logged('registered');
      const requestId = String(fields['request_id']);
      expect(textFact(agentOf(language), 'registered', 'request_id')).toBe(requestId);
      expect(stage.fixture.log.filter((line) => line.includes(requestId))).not.toEqual([]);
      const { client_id: agent } = stage.fixture.description.apps[APP[language]];
      const [row] = await stage.sql(
        'select type, agent_name, region from audit_events where request_id = $1',
        [requestId],
      );
      expect(row).toEqual({ type: 'agent.registered', agent_name: agent, region: 'eu' });
    }));

  it('both say the same of the same, with the same fields', () => {
    const shapes = LANGUAGES.map((language) =>
      (['registered', 'connected'] as const).map((message) => {
        const [{ fields, level } = expect.unreachable()] = agentOf(language).logged(message);
        const known = ['request_id', 'agent_name', 'region', 'expires_at', 'livekit_url'];
        return { message, level, fields: known.filter((name) => name in fields) };
      }),
    );
    expect(shapes[0]).toEqual(shapes[1]);
  });

  it('Ctrl-C in a job: no more jobs, the one that runs goes on until its client leaves, and nothing is left', () =>
    inBoth(async (language) => {
      const agent = agentOf(language);
      const listening = await stage.listen(await stage.session(language));
      agent.pressCtrlC();
      await agent.untilLogged('draining');
      await stage.untilOnline(language, 'offline');
      const [tally] = await listening.finish();
      expect(tally?.missing).toEqual([]);
      await endSessions(language);
      expect(await agent.ended()).toMatchObject({ code: EXIT.stopped, left: [] });
      await agent.untilLogged('stopped');
    }));

  it('a second Ctrl-C ends it at once, with all its processes', () =>
    inBoth(async (language) => {
      const agent = await stage.online(language);
      await stage.listen(await stage.session(language));
      agent.signal('SIGTERM');
      await agent.untilLogged('draining');
      agent.pressCtrlC();
      expect(await agent.ended(60_000)).toMatchObject({ code: EXIT.forced, left: [] });
    }));

  it('a revoked agent ends within seconds and says why, and so does its session', () =>
    inBoth(async (language) => {
      const agent = await stage.online(language);
      agents.set(language, agent);
      const session = await stage.session(language);
      await stage.listen(session);
      const { client_id: id } = stage.fixture.description.apps[APP[language]];
      expect(await stage.lkps('agents', 'revoke', id)).toMatchObject({ code: 0 });
      const end = await agent.ended(60_000);
      expect(end).toMatchObject({ code: EXIT.refused, left: [] });
      expect(end.reason).toContain("this agent was revoked by the platform's operators");
      expect(end.reason).toContain('HTTP 403 agent_revoked');
      const [row] = await eventually(
        () =>
          stage.sql<{ state: string; end_reason: string | null }>(
            'select state, end_reason from sessions where session_id = $1',
            [session.sessionId],
          ),
        ([found]) => found?.state === 'ended',
      );
      expect(row?.end_reason).toBe('revoked');
    }));

  it('every worker that was let in was seen off, and no agent ever printed a secret or a token', async () => {
    for (const language of LANGUAGES) {
      const admitted = await stage.count(language, 'worker.admitted');
      expect(admitted).toBeGreaterThan(2);
      await eventually(
        () => stage.count(language, 'worker.closed'),
        (closed) => closed === admitted,
      );
    }
    expect(stage.leaks()).toEqual([]);
  });
});
