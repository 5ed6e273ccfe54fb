import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomSecret } from '../../dev/accounts.ts';
import { AZURE_CLI } from '../../dev/entra/directory.ts';
import { applicationToken } from '../../dev/platform-client.ts';
import type { RawHeader } from '../support/http-message.ts';
import { SpoofTarget, type Outcome } from '../support/ocelot-spoof-target.ts';
import { openStack, type StackFixture } from '../support/stack-fixture.ts';

const VICTIM = 'bad00000-0000-4000-8000-000000000bad';
const OPERATIONS = ['register', 'start'] as const;

/**
 * Every way to pass for somebody else, against the running service, past Ocelot with its proof and through it. Each changes
 * one thing of a request that is right: without its rule the spoof would be answered with a token.
 */
describe('a spoof against the running service', () => {
  let fixture: StackFixture;
  let target: SpoofTarget;
  let agent: readonly RawHeader[];
  let zoe: string;

  const app = (name: keyof StackFixture['description']['apps']) => fixture.description.apps[name];
  const ports = { ocelot: 0 };

  beforeAll(async () => {
    // More refusals than one address may have on record in a minute.
    fixture = await openStack({ agent: false, env: { LKPS_REFUSAL_ROWS: '1000/60' } });
    await fixture.online('agent-a');
    target = new SpoofTarget(fixture);
    agent = target.lines(app('agent-a').client_id, app('agent-a').service_principal_id);
    zoe = fixture.stack.accounts.users.zoe.objectId;
    ports.ocelot = Number(new URL(fixture.description.ocelot_url).port);
    for (const operation of OPERATIONS) {
      expect((await target.ask(operation, agent)).token).toEqual(expect.any(String));
    }
  });
  afterAll(() => fixture.close());

  /** Both operations refuse it, for that reason, and leave nothing behind. */
  async function expectRefused(headers: readonly RawHeader[], reason: string, port?: number): Promise<void> {
    const before = await target.footprint();
    for (const operation of OPERATIONS) {
      expect(await target.ask(operation, headers, port)).toEqual({
        ...nothing,
        status: 401,
        code: 'unauthenticated',
        reason,
      });
    }
    expect(await target.footprint()).toEqual(before);
  }
  const nothing: Omit<Outcome, 'status' | 'code' | 'reason'> = {
    token: undefined,
    identity: undefined,
    actor: undefined,
    actorKind: undefined,
  };
  const without = (name: string): readonly RawHeader[] => agent.filter(([known]) => known !== name);
  const changed = (name: string, value: string): readonly RawHeader[] => [...without(name), [name, value]];

  it.each([
    ['underscore: client_id', [['client_id', VICTIM]], 'identity_header_lookalike'],
    ['dot: client.id', [['client.id', VICTIM]], 'identity_header_lookalike'],
    ['case-variant duplicate: CLIENT-ID', [['CLIENT-ID', VICTIM]], 'identity_header_repeated'],
    ['plain duplicate: client-id', [['client-id', VICTIM]], 'identity_header_repeated'],
    ['plain duplicate: user-id', [['user-id', VICTIM]], 'identity_header_repeated'],
    ['latin1: an address that is not UTF-8', [['x-bayer-user', 'adä@example.test']], 'email_malformed'],
    ['latin1: a profile that is not UTF-8', [['user-profile', '{"lastName":"ä"}']], 'profile_malformed'],
    [
      'profile mismatch, user_id',
      [['user-profile', `{"user_id":"${VICTIM}"}`]],
      'profile_contradicts_user_id',
    ],
    ['profile mismatch, e-mail', [['user-profile', '{"email":"a@b.test"}']], 'profile_contradicts_email'],
    ['proof twice', [['x-lkps-proxy-proof', 'again']], 'proxy_proof_wrong'],
  ] as const)('%s is a 401 and leaves nothing', async (_, more, reason) => {
    await expectRefused([...agent, ...more], reason);
    await expectRefused([...more, ...agent], reason);
  });

  it('comma: a client-id or user-id that a proxy joined is a 401 and leaves nothing', async () => {
    const { client_id: client, service_principal_id: principal } = app('agent-a');
    await expectRefused(changed('client-id', `${client}, ${VICTIM}`), 'client_id_malformed');
    await expectRefused(changed('user-id', `${principal},${VICTIM}`), 'user_id_malformed');
  });

  it('missing proof: perfect identity headers past Ocelot are a 401 and leave nothing', async () => {
    await expectRefused(without('x-lkps-proxy-proof'), 'proxy_proof_missing');
  });

  it('wrong proof: a guess is a 401 and leaves nothing', async () => {
    await expectRefused(changed('x-lkps-proxy-proof', randomSecret()), 'proxy_proof_wrong');
  });

  it('old proof: the secret that was rotated out is a 401 and leaves nothing', async () => {
    const next = randomSecret();
    const rotated = await fixture.stack.startLkps({ LKPS_PROXY_SECRETS: next });
    await expectRefused(agent, 'proxy_proof_wrong', rotated.port);
    const renewed = changed('x-lkps-proxy-proof', next);
    expect(await target.ask('register', renewed, rotated.port)).toMatchObject({ status: 200 });
    await rotated.stop();
  });

  it('user token without e-mail posing as an application: no agent, and only the session of that user', async () => {
    const asAgent = target.lines(app('agent-a').client_id, zoe);
    const before = await target.footprint();
    expect(await target.ask('register', asAgent)).toMatchObject({
      ...nothing,
      status: 403,
      reason: 'service_principal_required',
      actor: app('agent-a').client_id,
      actorKind: 'user',
    });
    expect(await target.footprint()).toEqual(before);
    const session = await target.ask('start', asAgent);
    expect(session).toMatchObject({ status: 201, identity: `user-${zoe}` });
  });

  it('the same user through Ocelot, by a real token without e-mail and name, fares no better', async () => {
    const { accounts, entra } = fixture.stack;
    const now = Math.floor(Date.now() / 1000);
    const token = await entra.sign({
      ...{ iss: entra.issuers.v1, tid: entra.tenantId, ver: '1.0', aud: accounts.resource.appId },
      ...{ iat: now, nbf: now, exp: now + 300, appid: app('agent-a').client_id },
      ...{ oid: zoe, sub: 'pairwise', scp: 'access_as_user' },
    });
    const bearer: readonly RawHeader[] = [['authorization', `Bearer ${token}`]];
    expect(await target.ask('register', bearer, ports.ocelot)).toMatchObject({
      status: 403,
      code: 'service_principal_required',
      token: undefined,
    });
    expect(await target.ask('start', bearer, ports.ocelot)).toMatchObject({
      status: 201,
      identity: `user-${zoe}`,
    });
  });

  it('user-id absent: nobody’s application, so no agent and no session', async () => {
    const before = await target.footprint();
    const nameless = target.lines(app('agent-a').client_id, undefined);
    expect(await target.ask('register', nameless)).toMatchObject({
      ...nothing,
      status: 403,
      reason: 'service_principal_required',
      actor: app('agent-a').client_id,
      actorKind: 'user',
    });
    expect(await target.ask('start', nameless)).toMatchObject({
      status: 401,
      reason: 'caller_has_no_identity',
    });
    expect(await target.footprint()).toEqual(before);
  });

  it('Azure CLI posing as an application: never one, even where the absence of a user would be evidence', async () => {
    const lax = await fixture.stack.startLkps({ LKPS_APPLICATION_EVIDENCE: 'headers' });
    const before = await target.footprint();
    const shared = target.lines(AZURE_CLI, undefined);
    expect(await target.ask('register', shared, lax.port)).toMatchObject({
      ...nothing,
      status: 403,
      reason: 'service_principal_required',
      actor: AZURE_CLI,
      actorKind: 'user',
    });
    expect(await target.ask('start', shared, lax.port)).toMatchObject({ status: 401 });
    expect(await target.footprint()).toEqual(before);
    await lax.stop();
  });

  it.each([
    ...['client-id', 'Client_Id', 'client.id', 'CLIENT-ID', 'clientid', 'user-id', 'User_Id'],
    ...['x-bayer-user', 'X_Bayer_User', 'user-profile', 'USER.PROFILE', 'x-lkps-proxy-proof'],
  ])('hidden identity header %s injected by a client through Ocelot: it stays who it is', async (name) => {
    const before = await target.footprint();
    const token = await applicationToken(fixture.description, app('client-b'));
    const values = [app('client-a').client_id, app('client-a').service_principal_id];
    for (const value of values) {
      const headers: readonly RawHeader[] = [
        ['authorization', `Bearer ${token}`],
        [name, value],
      ];
      expect(await target.ask('start', headers, ports.ocelot)).toMatchObject({
        ...nothing,
        status: 403,
        code: 'client_not_authorized',
        actor: app('client-b').client_id,
        actorKind: 'application',
      });
    }
    expect(await target.footprint()).toEqual(before);
  });
});
