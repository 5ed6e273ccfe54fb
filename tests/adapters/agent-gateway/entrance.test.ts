import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ownerOf, type Agent } from '../../../core/index.ts';
import { openGateway, type GatewayStage } from '../../support/gateway-service.ts';
import { rowsOf } from '../../support/gateway-service-worker.ts';
import { connectRaw, rawWorker, type RawWorker, type Refusal } from '../../support/gateway-worker.ts';
import { textOf, type RawHeader } from '../../support/http-message.ts';
import { sendRaw } from '../../support/raw-http-client.ts';

const UPGRADE: readonly RawHeader[] = [
  ['connection', 'Upgrade'],
  ['upgrade', 'websocket'],
  ['sec-websocket-version', '13'],
  ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
];
const without = (name: string): readonly RawHeader[] => UPGRADE.filter(([known]) => known !== name);

describe('the entrance of a gateway', () => {
  let stage: GatewayStage;
  let agent: Agent;
  beforeAll(async () => {
    stage = await openGateway({ site: { maxAgentWorkers: 2 }, limits: { dueMs: 60_000 } });
    agent = await stage.newAgent();
  });
  afterAll(() => stage.close());

  const connectAs = (
    headers: Readonly<Record<string, string>>,
    query = '',
    { url }: GatewayStage = stage,
  ): Promise<RawWorker | Refusal> => connectRaw(`${url}${query}`, headers);
  const bearer = (token: string): { readonly authorization: string } => ({
    authorization: `Bearer ${token}`,
  });
  const leave = async (worker: RawWorker | Refusal): Promise<void> => {
    if ('socket' in worker) {
      worker.socket.terminate();
      await worker.ended;
    }
  };

  it.each([
    ['GET', '/agent', [], 426, 'upgrade_required'],
    [
      'GET',
      '/agent',
      [
        ['upgrade', 'h2c'],
        ['connection', 'Upgrade'],
      ],
      426,
      'upgrade_required',
    ],
    ['GET', '/agent', without('sec-websocket-key'), 426, 'upgrade_required'],
    ['GET', '/agent', [...UPGRADE, ['sec-websocket-version', '8']], 426, 'upgrade_required'],
    ['GET', '/agent', without('connection'), 426, 'upgrade_required'],
    ['GET', '/agent', [...UPGRADE, ['content-length', '1']], 426, 'upgrade_required'],
    ['GET', '/agent', [...UPGRADE, ['content-length', '00']], 426, 'upgrade_required'],
    ['GET', '/agent', [...UPGRADE, ['transfer-encoding', 'chunked']], 426, 'upgrade_required'],
    ['GET', '/agent', [...UPGRADE, ['content-length', '0']], 401, 'unauthenticated'],
    ['POST', '/agent', [], 405, 'method_not_allowed'],
    ['POST', '/agent', UPGRADE, 405, 'method_not_allowed'],
    ['OPTIONS', '/agent', [], 405, 'method_not_allowed'],
    ['GET', '/', [], 404, 'not_found'],
    ['GET', '/rtc', UPGRADE, 404, 'not_found'],
    ...[
      '/%61gent',
      '/a%67ent',
      '//agent',
      '/agent/',
      '/./agent',
      '/AGENT',
      '/agent%3Fx',
      '/agent;x',
      '/x/../agent',
    ].map((path) => ['GET', path, UPGRADE, 404, 'not_found'] as const),
    ['GET', 'http://127.0.0.1/agent', UPGRADE, 404, 'not_found'],
    ['GET', '*', UPGRADE, 404, 'not_found'],
    ['GET', '/agent', UPGRADE, 401, 'unauthenticated'],
  ] as const satisfies readonly (readonly [string, string, readonly RawHeader[], number, string])[])(
    'answers %s %s (%j) with %i %s',
    async (method, target, headers, status, code) => {
      const lines = stage.livekit.lines.length;
      const answer = await sendRaw(stage.port, { method, target, headers });
      expect(answer.status).toBe(status);
      expect(JSON.parse(textOf(answer.body))).toMatchObject({
        status,
        code,
        type: `urn:lkps:problem:${code}`,
      });
      expect(answer.headers.get('content-type')).toEqual(['application/problem+json']);
      expect(answer.headers.get('connection')).toEqual(['close']);
      expect(answer.headers.get('x-request-id')).toHaveLength(1);
      expect(answer.headers.get('allow')).toEqual(status === 405 ? ['GET'] : undefined);
      expect(stage.livekit.lines).toHaveLength(lines);
    },
  );

  it('takes the token from the header or the query, and both where they are the same', async () => {
    const token = stage.tokenOf(agent);
    for (const worker of [
      await connectAs(bearer(token)),
      await connectAs({}, `?access_token=${token}`),
      await connectAs(bearer(token), `?access_token=${token}&protocol=7`),
    ]) {
      expect(worker).toHaveProperty('socket');
      await leave(worker);
    }
  });

  it('believes none of two tokens, none that is malformed, and none that it does not know', async () => {
    const [token, other] = [stage.tokenOf(agent), stage.tokenOf(agent)];
    const lines = stage.livekit.lines.length;
    for (const refused of [
      await connectAs(bearer(token), `?access_token=${other}`),
      await connectAs({}, `?access_token=${token}&access_token=${token}`),
      await connectAs({ authorization: token }, `?access_token=${token}`),
      await connectAs({ authorization: `Basic ${token}` }),
      await connectAs({}, `?access_token=${token}%20`),
      await connectAs({ cookie: `access_token=${token}`, 'sec-websocket-protocol': token }),
      await connectAs(bearer('no.such.token')),
    ]) {
      expect(refused).toEqual({ status: 401, retryAfter: undefined });
    }
    const twice = [
      ['authorization', `Bearer ${token}`] as const,
      ['authorization', `Bearer ${token}`] as const,
    ];
    const answer = await sendRaw(stage.port, {
      method: 'GET',
      target: '/agent',
      headers: [...UPGRADE, ...twice],
    });
    expect(answer.status).toBe(401);
    expect(stage.livekit.lines).toHaveLength(lines);
    expect(stage.audit.events.at(-1)).toMatchObject({ type: 'worker.refused', sourceIp: '127.0.0.1' });
  });

  it('shows LiveKit nothing of what the worker sent', async () => {
    const headers = { ...bearer(stage.tokenOf(agent)), 'x-evil': 'evil', 'user-agent': 'evil' };
    const worker = await connectAs(headers, '?evil=evil&protocol=99');
    const { url, rawHeaders } = stage.livekit.newest().request;
    expect(url).toBe('/agent?protocol=1');
    expect(rawHeaders.join()).not.toContain('evil');
    expect(rawHeaders).toContain('Bearer upstream.token.secret');
    expect(rawHeaders).toContain('lkps-agent-gateway');
    expect(rawHeaders.join().toLowerCase()).not.toContain('sec-websocket-extensions');
    await leave(worker);
  });

  it('refuses an agent that was revoked, and says so on record', async () => {
    const revoked = await stage.newAgent();
    await stage.cutOffs.revokeAgent(revoked.name, { at: new Date() }, []);
    expect(await connectAs(bearer(stage.tokenOf(revoked)))).toMatchObject({ status: 403 });
    expect(rowsOf(stage, revoked)).toEqual(['worker.refused agent_revoked']);
  });

  it('lets an agent have so many workers at once, counting one that is replaced as one', async () => {
    const many = await stage.newAgent();
    const [token, second] = [stage.tokenOf(many), stage.tokenOf(many)];
    const [one, two] = [await rawWorker(stage.url, token), await rawWorker(stage.url, second)];
    expect(await connectAs(bearer(stage.tokenOf(many)))).toEqual({ status: 429, retryAfter: '5' });
    const again = await rawWorker(stage.url, token);
    expect(await one.ended).toEqual({ code: 1008, reason: 'replaced' });
    await leave(two);
    await vi.waitFor(
      async () => {
        const third = await connectAs(bearer(stage.tokenOf(many)));
        expect(third).toHaveProperty('socket');
        await leave(third);
      },
      { timeout: 10_000 },
    );
    await leave(again);
  });

  it.each(['hang' as const, 401, 307, 503])('answers 503 when LiveKit does this: %s', async (answer) => {
    const other = await openGateway({ limits: { upstreamMs: 150 } });
    try {
      other.livekit.answer = answer;
      const known = await other.newAgent();
      const refused = await connectAs(bearer(other.tokenOf(known)), '', other);
      expect(refused).toEqual({ status: 503, retryAfter: '2' });
      expect(rowsOf(other, known)).toEqual([]);
      expect(other.log.at(-1)).toMatchObject({
        event: 'handshake_refused',
        code: 'livekit_unavailable',
        clientId: ownerOf(known.name).clientId,
      });
      expect(JSON.stringify(other.log)).not.toContain('token');
    } finally {
      await other.close();
    }
  });

  it('has kept no token and no query, in log or record', () => {
    const kept = JSON.stringify([stage.log, stage.audit.events]);
    expect(stage.log.length).toBeGreaterThan(40);
    for (const secret of ['.signature', 'access_token', 'upstream.token', 'no.such.token', 'evil=']) {
      expect(kept).not.toContain(secret);
    }
  });
});
