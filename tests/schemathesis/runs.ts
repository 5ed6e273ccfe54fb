import { startLkps, type Lkps } from '../../dev/lkps.ts';
import { applicationToken, bearer, post, type Answer } from '../../dev/platform-client.ts';
import { withoutOcelot } from '../support/entra-service.ts';
import type { StackFixture } from '../support/stack-fixture.ts';

/** One run of schemathesis: as whom it calls which service. */
export interface Run {
  readonly name: string;
  readonly service: Lkps;
  /** What hooks.py reads. */
  readonly env: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether `authorization` is part of a request at all: behind Ocelot it is not read. */
  readonly withToken: boolean;
  /** Checks that mean nothing here; the reasons are in docs/testing.md. */
  readonly excluded: readonly string[];
  /** What counts as an answer to a request that is right: its success, and a refusal that lies in who is calling. */
  readonly expected: readonly number[];
}

/** What every answer of the contract can be seen with. */
const ENV = {
  LKPS_RATE_LIMIT_CALLER: 'off',
  LKPS_RATE_LIMIT_CLIENT: 'off',
  LKPS_REFUSAL_ROWS: 'off',
  LKPS_MAX_OPEN_SESSIONS: '1000000',
  LKPS_CLIENT_AUTHORIZATION: 'agent-declared',
  LKPS_CORS_ORIGINS: 'https://app.example.com',
};

export async function prepareRuns(fixture: StackFixture): Promise<readonly Run[]> {
  const { stack, description } = fixture;
  const { client_id: client, service_principal_id: principal } = description.apps['agent-a'];
  const { header, value } = stack.proof;
  const env = {
    LKPS_TEST_AGENT: client,
    LKPS_TEST_IDENTITY: `app-${client}`,
    LKPS_TEST_WEBHOOK_KEY_ID: stack.webhookKey.id,
    LKPS_TEST_WEBHOOK_SECRET: stack.webhookKey.secret,
  };
  const token = await applicationToken(description, description.apps['agent-a']);
  const entra = await startLkps({ env: { ...withoutOcelot(fixture), ...ENV } });
  const register = (): Promise<Answer> => post(`${entra.url}/api/agent/register`, {}, bearer(token));
  await fixture.online('agent-a', { register }); // or no session could be started
  const ocelot = { [header]: value, 'client-id': client, 'user-id': principal };
  return [
    {
      name: 'entra',
      service: entra,
      env: { ...env, LKPS_TEST_ENTRA_TOKEN: token },
      headers: {},
      excluded: [],
      withToken: true,
      expected: [200, 201, 204],
    },
    {
      name: 'ocelot',
      service: await startLkps({ env: { ...stack.lkpsEnv, ...ENV } }),
      env,
      headers: ocelot,
      excluded: ['ignored_auth'],
      withToken: false,
      expected: [200, 201, 204],
    },
    {
      name: 'nobody',
      // As it starts without a word about pages: preflights are 405.
      service: await startLkps({ env: stack.lkpsEnv }),
      env: { ...env, LKPS_TEST_WEBHOOK_SECRET: '' },
      headers: {},
      excluded: [],
      withToken: true,
      expected: [200, 401, 405],
    },
  ];
}
