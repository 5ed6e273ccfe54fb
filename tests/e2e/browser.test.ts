import { decodeJwt } from 'jose';
import { z } from 'zod';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBrowser, type Browser } from '../../dev/browser/browser.ts';
import type { PostAnswer, Refusal, TokenAnswer, TokenAsk } from '../../dev/browser/page-calls.ts';
import { openPage, type OpenPage } from '../../dev/browser/page-driver.ts';
import { bundlePage, startPageServer, type PageServer } from '../../dev/browser/page-server.ts';
import type { Traffic } from '../../dev/browser/traffic.ts';
import { userToken } from '../../dev/platform-client.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';

/** What the browser's microphone hears, and so what the echo agent says. */
const TONE_HZ = 613;
/** What every page may read (the Fetch standard's safelist), and what the service exposes. */
const READABLE = ['cache-control', 'content-length', 'content-type', 'retry-after', 'x-request-id'];
/** A browser tells of its traffic beside what the page does. */
const TOLD = { timeout: 15_000 };

describe("a page with LiveKit's own client", () => {
  let fixture: StackFixture;
  let browser: Browser;
  let site: PageServer;
  let stranger: PageServer;
  let page: OpenPage;
  let url: string;
  let entraToken: string;
  let agentAppId: string;

  beforeAll(async () => {
    const script = await bundlePage();
    [site, stranger] = await Promise.all([startPageServer(script), startPageServer(script)]);
    [fixture, browser] = await Promise.all([
      openStack({ env: { LKPS_CORS_ORIGINS: `https://app.example.com,${site.origin}` } }),
      startBrowser({ microphoneHz: TONE_HZ }),
    ]);
    const { ocelot_url: ocelotUrl, users, apps } = fixture.description;
    url = `${ocelotUrl}/api/session/start`;
    entraToken = await userToken(fixture.description, users['ada'] ?? expect.unreachable(), apps['client-a']);
    agentAppId = apps['agent-a'].client_id;
    page = await openPage(browser, site.origin);
  });
  afterAll(async () => {
    await Promise.allSettled([browser.stop(), fixture.close(), site.stop(), stranger.stop()]);
  });

  let already: number;
  beforeEach(() => {
    already = page.traffic().length;
  });
  /** Of this test. */
  const callsOf = (one: OpenPage): readonly Traffic[] =>
    one
      .traffic()
      .slice(one === page ? already : 0)
      .filter((request) => request.url === url);
  const methodsOf = (one: OpenPage): readonly string[] => callsOf(one).map(({ method }) => method);

  const ask = (options: TokenAsk['options'], more: Partial<TokenAsk> = {}): TokenAsk => ({
    url,
    headers: { authorization: `Bearer ${entraToken}` },
    options: { agentName: agentAppId, ...options },
    ...more,
  });
  const token = (options: TokenAsk['options'], more: Partial<TokenAsk> = {}): Promise<TokenAnswer> =>
    page.call('fetchToken', ask(options, more));
  const post = (body: object, headers: Readonly<Record<string, string>> = {}): Promise<PostAnswer> =>
    page.call('post', {
      url,
      headers: { authorization: `Bearer ${entraToken}`, ...headers },
      body: { agent_entra_app_id: agentAppId, ...body },
    });
  const sessions = async (): Promise<number> =>
    (await fixture.sql<{ n: number }>('select count(*)::int as n from sessions'))[0]?.n ?? -1;
  async function startsNothing(act: () => Promise<void>): Promise<void> {
    const before = await sessions();
    await act();
    expect(await sessions()).toBe(before);
  }

  it('starts a session by TokenSource.endpoint, joins, hears the agent, leaves, and does it all again', async () => {
    const rooms: string[] = [];
    for (const nonce of ['first', 'second']) {
      const joined = await page.call('startSession', { sessionUrl: url, agentAppId, entraToken });
      rooms.push(joined.room);
      expect(joined.identity).toBe(`user-${String(decodeJwt(entraToken)['oid'])}`);
      const { agent, message, voice } = await page.call('talk', nonce);
      expect(agent).toMatch(/^agent-/);
      expect(message).toBe(nonce);
      expect(Math.abs(voice.hz - TONE_HZ)).toBeLessThan(0.02 * TONE_HZ);
      await page.call('leave', null);
    }
    expect(new Set(rooms).size).toBe(2);
  });

  it('gives the session what the options of LiveKit name; what is for the agent is not in the token', async () => {
    const answer = await token({
      agentMetadata: '{"language":"de"}',
      participantName: 'Ada',
      participantMetadata: 'm',
      participantAttributes: { colour: 'blue' },
    });
    const claims = claimsOf(answer);
    expect(claims).toMatchObject({ name: 'Ada', metadata: 'm', attributes: { colour: 'blue' } });
    expect(JSON.stringify(claims)).not.toContain('language');
  });

  it('may send an empty text for what is not set', async () => {
    const nothing = { participantName: '', participantMetadata: '', participantIdentity: '', roomName: '' };
    expect(await token(nothing)).toMatchObject({ kind: 'token' });
  });

  it('must force its source for a second session: a source keeps the token of the first', async () => {
    const first = roomOf(await token({}));
    expect(roomOf(await token({}, { again: true }))).toBe(first);
    const forced = roomOf(await token({}, { again: true, force: true }));
    const fresh = roomOf(await token({}));
    expect(new Set([first, forced, fresh]).size).toBe(3);
    await expect.poll(() => methodsOf(page).filter((method) => method === 'POST'), TOLD).toHaveLength(3);
  });

  it('asks first: a preflight without the token, then the call with it, and no cookie with either', async () => {
    const fresh = await openPage(browser, site.origin); // a browser remembers preflights
    try {
      // To a browser a cookie of 127.0.0.1 belongs to every port of it.
      await fresh.evaluate('document.cookie = "planted=1"');
      expect(await fresh.call('fetchToken', ask({}))).toMatchObject({ kind: 'token' });
      await expect.poll(() => callsOf(fresh).map(({ status }) => status), TOLD).toEqual([204, 201]);
      const [preflight, call] = callsOf(fresh);
      expect(preflight).toMatchObject({
        method: 'OPTIONS',
        sent: {
          origin: site.origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type',
        },
        received: { 'access-control-allow-origin': site.origin },
      });
      expect(preflight?.sent).not.toHaveProperty('authorization');
      expect(call?.sent['authorization']).toBe(`Bearer ${entraToken}`);
      expect(callsOf(fresh).filter(({ sent }) => 'cookie' in sent)).toEqual([]);
      expect(await fresh.evaluate('document.cookie')).toBe('planted=1');
    } finally {
      await fresh.close();
    }
  });

  it('gets nothing where it insists on cookies, and starts nothing', () =>
    startsNothing(async () => {
      expect(await token({}, { credentials: 'include' })).toEqual(NETWORK_ERROR);
      await expect.poll(() => methodsOf(page), TOLD).toEqual(['OPTIONS']);
    }));

  it('of another origin gets nothing, and starts nothing', () =>
    startsNothing(async () => {
      const other = await openPage(browser, stranger.origin);
      try {
        expect(await other.call('fetchToken', ask({}))).toEqual(NETWORK_ERROR);
        await expect
          .poll(() => callsOf(other).map(({ method, status }) => `${method} ${status}`), TOLD)
          .toEqual(['OPTIONS 204']);
        expect(callsOf(other)[0]?.received).not.toHaveProperty('access-control-allow-origin');
      } finally {
        await other.close();
      }
    }));

  it.each([
    ['a room', { roomName: 'mine' }, 'room_name'],
    ['another identity', { participantIdentity: 'somebody-else' }, 'participant_identity'],
    ['a deployment', { deployment: 'staging' }, 'room_config.agents.0.deployment'],
    [
      'an attribute of the platform',
      { participantAttributes: { 'lkps.user_id': 'x' } },
      'participant_attributes',
    ],
  ])('that asks for %s reads that it may not, and starts nothing', (_, options, field) =>
    startsNothing(async () => {
      const answer = await token(options);
      const message = answer.kind === 'error' ? answer.message : expect.unreachable();
      expect(message).toContain('received 400');
      expect(message).toContain('"code":"forbidden_field"');
      expect(message).toContain(`"path":"${field}`);
      expect(message).toMatch(/"request_id":"[\w.-]+"/);
    }),
  );

  it('reads code, request id and headers of a refusal by a fetch of its own', async () => {
    expect(await post({ room_name: 'mine' }, { 'x-request-id': 'page-1' })).toMatchObject({
      kind: 'answer',
      status: 400,
      headers: { 'x-request-id': 'page-1' },
      body: { code: 'forbidden_field', request_id: 'page-1' },
    });
  });

  it('asks for permissions by a source of its own, which keeps no token', async () => {
    const permissions = { can_publish: false, can_publish_data: false };
    const request = { agent_entra_app_id: agentAppId, permissions };
    const listen = { sessionUrl: url, entraToken, request };
    const [one, other] = [await page.call('askInOwnForm', listen), await page.call('askInOwnForm', listen)];
    expect(claimsOf(one)).toMatchObject({
      video: { canPublish: false, canPublishData: false, canSubscribe: true },
    });
    expect(roomOf(one)).not.toBe(roomOf(other));
    const tooMuch = { ...listen, request: { ...request, permissions: { room_admin: true } } };
    const refused = await page.call('askInOwnForm', tooMuch);
    expect(refused).toMatchObject({ kind: 'refused', code: 'forbidden_field' });
    expect('requestId' in refused ? refused.requestId : '').toMatch(/^[\w.-]+$/);
  });

  it('reads when to come back, and no header that is not meant for it', async () => {
    await fixture.stack.livekit.halt();
    try {
      const answer = await post({});
      const { status, headers } = answer.kind === 'answer' ? answer : expect.unreachable();
      expect(status).toBe(503);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect(Object.keys(headers).filter((name) => !READABLE.includes(name))).toEqual([]);
    } finally {
      await fixture.stack.livekit.start();
    }
  });

  it('learns nothing from a refusal of the edge itself: an Entra token that expired is a network error', () =>
    startsNothing(async () => {
      const issuedAt = Math.floor(Date.now() / 1_000) - 7_200;
      const times = { iat: issuedAt, nbf: issuedAt, exp: issuedAt + 3_600 };
      const expired = await fixture.stack.entra.sign({ ...decodeJwt(entraToken), ...times });
      expect(await post({}, { authorization: `Bearer ${expired}` })).toEqual(NETWORK_ERROR);
      await expect.poll(() => callsOf(page).map(({ status }) => status), TOLD).toContain(401);
    }));
});

/** All that a script learns where CORS does not let it read the answer. */
const NETWORK_ERROR = { kind: 'error', message: 'TypeError: Failed to fetch' };

function claimsOf(answer: TokenAnswer | Refusal): Readonly<Record<string, unknown>> {
  return decodeJwt(
    answer.kind === 'token' ? answer.participantToken : expect.unreachable(JSON.stringify(answer)),
  );
}

function roomOf(answer: TokenAnswer | Refusal): string {
  return z.object({ video: z.object({ room: z.string() }) }).parse(claimsOf(answer)).video.room;
}
