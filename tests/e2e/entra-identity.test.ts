import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientAccessList } from '../../dev/accounts.ts';
import { startFunction } from '../../dev/lambda/function.ts';
import { httpApiEvent, httpApiResponse } from '../../dev/lambda/http-api-event.ts';
import { startLkps, type Lkps } from '../../dev/lkps.ts';
import { startOcelot, type Ocelot } from '../../dev/ocelot/server.ts';
import { applicationToken, bearer, post, userToken, type Answer } from '../../dev/platform-client.ts';
import { LAMBDA_TASK_ROOT } from '../support/bundles.ts';
import { trustInEntra, withoutOcelot } from '../support/entra-service.ts';
import { eventually } from '../support/eventually.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';
import { tookMs, trifle } from '../support/unstalled.ts';

type Headers = Readonly<Record<string, string>>;

interface Denial {
  readonly reason: string;
  readonly actor_kind: string | null;
  readonly actor_client_id: string | null;
}

let fixture: StackFixture;
beforeAll(async () => {
  fixture = await openStack({ agent: false });
  await fixture.online('agent-a');
});
afterAll(() => fixture.close());

const app = (name: keyof StackFixture['description']['apps']) => fixture.description.apps[name];
const tokenOf = (name: Parameters<typeof app>[0]): Promise<string> =>
  applicationToken(fixture.description, app(name));
const register = (url: string, headers: Headers): Promise<Answer> =>
  post(`${url}/api/agent/register`, {}, headers);
const start = (url: string, headers: Headers): Promise<Answer> =>
  post(`${url}/api/session/start`, { agent_entra_app_id: app('agent-a').client_id }, headers);

async function denialOf({ requestId }: Answer): Promise<Denial | undefined> {
  const [row] = await fixture.sql<Denial>(
    `select reason, actor_kind, actor_client_id from audit_events where request_id = $1 and outcome = 'denied'`,
    [requestId],
  );
  return row;
}

/** A token of the stack's Entra that says what the test wants it to. */
function signed(name: Parameters<typeof app>[0], change: object = {}): Promise<string> {
  const { accounts, entra } = fixture.stack;
  const { client_id: appid, service_principal_id: oid } = app(name);
  const now = Math.floor(Date.now() / 1000);
  return entra.sign({
    ...{ iss: entra.issuers.v1, tid: entra.tenantId, ver: '1.0', aud: accounts.resource.appId },
    ...{ iat: now, nbf: now, exp: now + 300, appid, oid, sub: oid },
    ...change,
  });
}

/** What Ocelot would say of a caller: nothing that this service should listen to. */
function identityHeaders(name: Parameters<typeof app>[0]): Headers {
  const { header, value } = fixture.stack.proof;
  const { client_id: client, service_principal_id: principal } = app(name);
  return { [header]: value, 'client-id': client, 'user-id': principal };
}

describe('LKPS_IDENTITY=entra: no proxy in front, the token is the identity', () => {
  let lkps: Lkps;
  beforeAll(async () => {
    lkps = await startLkps({ env: withoutOcelot(fixture) });
    expect((await register(lkps.url, bearer(await tokenOf('agent-a')))).status).toBe(200);
  });
  afterAll(() => lkps.stop());

  it('starts the sessions of applications and of users, each under its own name', async () => {
    const ofApplication = await start(lkps.url, bearer(await tokenOf('client-a')));
    expect(ofApplication).toMatchObject({
      status: 201,
      body: { participant_identity: `app-${app('client-a').client_id}` },
    });
    const { zoe } = fixture.stack.accounts.users;
    const ofUser = await start(lkps.url, bearer(await userToken(fixture.description, zoe, app('client-a'))));
    expect(ofUser).toMatchObject({ status: 201, body: { participant_identity: `user-${zoe.objectId}` } });
  });

  it('lets no user register, by a token without e-mail and name neither', async () => {
    const { objectId: oid } = fixture.stack.accounts.users.zoe;
    const answer = await register(
      lkps.url,
      bearer(await signed('agent-a', { oid, sub: 'pairwise', scp: 'access_as_user' })),
    );
    expect(answer).toMatchObject({ status: 403, body: { code: 'service_principal_required' } });
    expect(await denialOf(answer)).toMatchObject({ actor_kind: 'user' });
  });

  it('believes no identity header, with the proof of Ocelot or without', async () => {
    const alone = await register(lkps.url, identityHeaders('agent-a'));
    expect(alone).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(await denialOf(alone)).toMatchObject({ reason: 'bearer_token_missing', actor_client_id: null });
    const beside = { ...identityHeaders('client-a'), ...bearer(await tokenOf('client-b')) };
    const answer = await start(lkps.url, beside);
    expect(answer).toMatchObject({ status: 403, body: { code: 'client_not_authorized' } });
    expect(await denialOf(answer)).toMatchObject({ actor_client_id: app('client-b').client_id });
  });

  it.each([
    ['audience_wrong', () => signed('agent-a', { aud: 'https://graph.microsoft.com' })],
    ['tenant_wrong', () => signed('agent-a', { tid: crypto.randomUUID() })],
    ['token_expired', () => signed('agent-a', { exp: Math.floor(Date.now() / 1000) })],
    ['client_not_listed', () => tokenOf('client-unlisted')],
    ['signature_wrong', async () => `${(await tokenOf('agent-a')).slice(0, -8)}AAAAAAAA`],
  ] as const)('refuses a token as %s, with the reason on record only', async (reason, make) => {
    const answer = await register(lkps.url, bearer(await make()));
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(JSON.stringify(answer.body)).not.toContain(reason);
    expect(await denialOf(answer)).toEqual({ reason, actor_kind: null, actor_client_id: null });
  });

  it('keeps serving while Entra rotates its keys, twice', { timeout: 60_000 }, async () => {
    const statuses: number[] = [];
    const over = new AbortController();
    const asking = (async () => {
      while (!over.signal.aborted) {
        statuses.push((await register(lkps.url, bearer(await tokenOf('agent-a')))).status);
        await delay(250);
      }
    })();
    const answered = (): Promise<number> => {
      const wanted = statuses.length + 4;
      return eventually(
        () => Promise.resolve(statuses.length),
        (count) => count >= wanted,
      );
    };
    const { entra } = fixture.stack;
    await answered();
    await entra.rotateKeys(); // to the one that was announced
    await Promise.all([answered(), delay(11_000)]);
    await entra.rotateKeys(); // to one that the service has never seen
    await answered();
    over.abort();
    await asking;
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });

  it('calls no token good or bad while the keys cannot be had: 503, at once, to be tried again', async () => {
    const alone = await startLkps({
      env: { ...withoutOcelot(fixture), LKPS_ENTRA_AUTHORITY: 'https://127.0.0.1:9' },
    });
    try {
      for (const token of [await tokenOf('agent-a'), await signed('agent-a', { aud: 'x' })]) {
        const answer = register(alone.url, bearer(token));
        expect(await tookMs(answer, trifle(fixture, alone.url))).toBeLessThan(5000);
        expect(await answer).toMatchObject({ status: 503, body: { code: 'authorization_unavailable' } });
      }
    } finally {
      await alone.stop();
    }
  });

  it('asks for the role it is told to, and puts on record who lacked it', async () => {
    const strict = await startLkps({
      env: { ...withoutOcelot(fixture), LKPS_REQUIRED_ROLE: 'Platform.Use' },
    });
    try {
      const answer = await register(strict.url, bearer(await tokenOf('agent-a')));
      expect(answer).toMatchObject({ status: 403, body: { code: 'role_required' } });
      expect(await denialOf(answer)).toEqual({
        reason: 'role_required',
        actor_kind: 'application',
        actor_client_id: app('agent-a').client_id,
      });
      const roles = ['Other', 'Platform.Use'];
      expect((await register(strict.url, bearer(await signed('agent-a', { roles })))).status).toBe(200);
    } finally {
      await strict.stop();
    }
  });

  it('works on Lambda the same way', async () => {
    const lambda = await startFunction({ taskRoot: LAMBDA_TASK_ROOT, env: withoutOcelot(fixture) });
    try {
      const viaLambda = async (token: string): Promise<number> => {
        const request = {
          ...{ method: 'POST', target: '/api/agent/register', sourceIp: '192.0.2.10' },
          headers: [['authorization', `Bearer ${token}`] as const],
          body: new Uint8Array(),
        };
        return httpApiResponse(await lambda.invoke(httpApiEvent(request))).status;
      };
      expect(await viaLambda(await tokenOf('agent-a'))).toBe(200);
      expect(await viaLambda(await signed('agent-a', { aud: 'x' }))).toBe(401);
    } finally {
      await lambda.stop();
    }
  });
});

describe('LKPS_APPLICATION_EVIDENCE=token: Ocelot forwards the token', () => {
  let lkps: Lkps;
  let ocelot: Ocelot;
  let forgetful: Ocelot;
  beforeAll(async () => {
    const { stack } = fixture;
    lkps = await stack.startLkps({ ...trustInEntra(fixture), LKPS_APPLICATION_EVIDENCE: 'token' });
    const edge = {
      ...{ entra: stack.entra, upstream: lkps.url, proof: stack.proof },
      clientAccessList: clientAccessList(stack.accounts),
    };
    ocelot = await startOcelot({ ...edge, forwardAuthorization: true });
    forgetful = await startOcelot(edge);
    expect((await register(ocelot.url, bearer(await tokenOf('agent-a')))).status).toBe(200);
  });
  afterAll(() => Promise.all([ocelot.stop(), forgetful.stop(), lkps.stop()]));

  it('knows applications and users by the token', async () => {
    const { ada } = fixture.stack.accounts.users;
    expect((await start(ocelot.url, bearer(await tokenOf('client-a')))).body).toMatchObject({
      participant_identity: `app-${app('client-a').client_id}`,
    });
    const asAda = bearer(await userToken(fixture.description, ada, app('client-a')));
    expect((await start(ocelot.url, asAda)).body).toMatchObject({
      participant_identity: `user-${ada.objectId}`,
    });
    expect(await register(ocelot.url, asAda)).toMatchObject({ status: 403 });
  });

  it('refuses whoever comes without it: an Ocelot that does not forward is noticed', async () => {
    const answer = await register(forgetful.url, bearer(await tokenOf('agent-a')));
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(await denialOf(answer)).toMatchObject({ reason: 'bearer_token_missing' });
  });

  it('refuses headers that name another client or user than the token', async () => {
    const asOther = { ...identityHeaders('agent-a'), ...bearer(await tokenOf('client-b')) };
    expect(await denialOf(await register(lkps.url, asOther))).toMatchObject({
      reason: 'token_contradicts_client_id',
    });
    const { objectId } = fixture.stack.accounts.users.zoe;
    const asZoe = await signed('agent-a', { oid: objectId, sub: 'pairwise', scp: 'x' });
    const answer = await register(lkps.url, { ...identityHeaders('agent-a'), ...bearer(asZoe) });
    expect(await denialOf(answer)).toMatchObject({ reason: 'token_contradicts_user_id' });
  });
});
