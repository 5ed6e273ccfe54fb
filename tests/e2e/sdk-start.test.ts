import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AZURE_CLI } from '../../dev/entra/directory.ts';
import { freePort } from '../../dev/process/free-port.ts';
import { createTemporaryDirectory, removeDirectory } from '../../dev/process/temporary-directory.ts';
import { openSwitchedPort } from '../support/switched-port.ts';
import { openFakeEdge, type FakeEdge } from '../sdk/fake-edge.ts';
import { APP, inBoth, type Language } from '../sdk/language.ts';
import { EXIT } from '../sdk/messages.ts';
import { openSdkStage, textFact, type SdkStage } from '../sdk/stage.ts';
import {
  signedInWithAz,
  withManagedIdentity,
  withoutSecret,
  withWorkloadIdentity,
  type Settings,
} from '../sdk/start-stage.ts';

const USER = { python: 'ada', typescript: 'zoe' } as const;
/** Starts that come to nothing, starts that take their time, and every way of an identity. */
describe('how agents of the SDKs start', { timeout: 300_000 }, () => {
  let stage: SdkStage;
  let folder: string;
  let edge: FakeEdge;

  beforeAll(async () => {
    folder = await createTemporaryDirectory('lkps-sdk-');
    edge = await openFakeEdge({});
    stage = await openSdkStage({ env: { LKPS_USER_AGENTS: 'allow' } });
  });
  afterAll(async () => {
    await stage.close();
    await edge.close();
    removeDirectory(folder);
  });

  const identities: Readonly<Record<string, (language: Language) => Promise<Settings>>> = {
    'Azure CLI': (language) => signedInWithAz(stage, { folder, user: USER[language] }),
    'workload identity': (language) => withWorkloadIdentity(stage, { folder, language }),
  };
  const nameOf = (identity: string, language: Language): string => {
    const { stack, description } = stage.fixture;
    return identity === 'Azure CLI'
      ? `${AZURE_CLI}.${stack.accounts.users[USER[language]].objectId}`
      : description.apps[APP[language]].client_id;
  };
  const connects = async (language: Language, env: Settings): Promise<string> => {
    const agent = await stage.start(language, { env: { ...env, CONFORMANCE_LOAD: '1' } });
    await agent.until('connected');
    const name = textFact(agent, 'registered', 'agent_name');
    agent.signal('SIGTERM');
    expect(await agent.ended()).toMatchObject({ code: EXIT.stopped, left: [] });
    return name;
  };
  const endOf = async (language: Language, env: Settings): Promise<string> => {
    const agent = await stage.start(language, { env });
    const { code, left, reason } = await agent.ended();
    expect(left).toEqual([]);
    return `${String(code)} ${reason === '' ? agent.output.join('\n') : reason}`;
  };

  it.each(Object.entries(identities))('proves who it is by its %s, with no secret', (identity, settings) =>
    inBoth(async (language) => {
      expect(await connects(language, await settings(language))).toBe(nameOf(identity, language));
    }),
  );

  it('proves who it is by a managed identity, with no secret', () =>
    inBoth(async (language) => {
      const { settings, close } = await withManagedIdentity(stage, language);
      expect(await connects(language, settings)).toBe(nameOf('managed', language));
      await close();
    }));

  it('a secret that has expired: refused, with what Entra says', () =>
    inBoth(async (language) => {
      const { client_id: id, client_secret: secret } = stage.fixture.description.apps['client-unlisted'];
      stage.fixture.stack.entra.setSecretsExpired(id, true);
      const end = await endOf(language, { AZURE_CLIENT_ID: id, AZURE_CLIENT_SECRET: secret });
      expect(end).toMatch(new RegExp(`^${EXIT.refused} Entra refuses: AADSTS7000222: .*${id}`));
    }));

  it('no identity to be found: refused, with what to do', () =>
    inBoth(async (language) => {
      const nobody = { ...(await withoutSecret()), AZURE_CLIENT_ID: '', AZURE_TENANT_ID: '', HOME: folder };
      const end = await endOf(language, { ...nobody, PATH: '/usr/bin:/bin' });
      expect(end).toMatch(new RegExp(`^${EXIT.refused} .*AZURE_TENANT_ID, AZURE_CLIENT_ID`));
      expect(end).toContain('az login');
    }));

  it('settings that cannot be used: all their problems at once, before anybody is asked', () =>
    inBoth(async (language) => {
      const end = await endOf(language, { LKPS_REGION: 'de', LKPS_SCOPE: 'x' });
      expect(end).toMatch(new RegExp(`^${EXIT.settings} `));
      expect(end).toContain('LKPS_REGION is "de", not one of eu, us');
      expect(end).toContain('LKPS_SCOPE is "x", not of the form <resource>/.default');
    }));

  it('a platform of another region: refused, with both named', () =>
    inBoth(async (language) => {
      const end = await endOf(language, { LKPS_REGION: 'us', LKPS_ENV: 'np' });
      expect(end).toMatch(new RegExp(`^${EXIT.refused} .*serves the region eu, and this agent is set to us`));
    }));

  it('an address with no platform behind it: refused where somebody answers, unavailable where nobody does', () =>
    inBoth(async (language) => {
      const closed = `http://127.0.0.1:${await freePort()}`;
      const [wrong, nobody] = await Promise.all([
        endOf(language, { LKPS_URL: edge.url('elsewhere') }),
        endOf(language, { LKPS_URL: closed, LKPS_START_TIMEOUT_SECONDS: '1' }),
      ]);
      expect(wrong).toMatch(new RegExp(`^${EXIT.refused} there is no registration of agents at http`));
      expect(nobody).toMatch(new RegExp(`^${EXIT.unavailable} `));
    }));

  it('an application that the edge does not let in: refused', () =>
    inBoth(async (language) => {
      const { fixture } = stage;
      const { clientId: id, clientSecret: secret } = fixture.stack.accounts.service;
      const end = await endOf(language, { AZURE_CLIENT_ID: id, AZURE_CLIENT_SECRET: secret });
      expect(end).toMatch(new RegExp(`^${EXIT.refused} the edge does not let this application in`));
    }));

  it('LKPS is down: it waits, and registers once LKPS is up; for as long as it was told, and no longer', () =>
    inBoth(async (language) => {
      const { stack } = stage.fixture;
      const way = await openSwitchedPort();
      way.pointTo(await freePort());
      const ocelot = await stack.startOcelot(way.url);
      const patient = await stage.start(language, { env: { LKPS_URL: ocelot.url, CONFORMANCE_LOAD: '1' } });
      const never = await stage.start(language, {
        env: { LKPS_URL: ocelot.url, LKPS_START_TIMEOUT_SECONDS: '2' },
      });
      await patient.untilLogged('not_registered');
      const end = await never.ended();
      expect(end).toMatchObject({ code: EXIT.unavailable, left: [] });
      way.pointTo(stack.lkps.port);
      await patient.until('connected');
      patient.signal('SIGTERM');
      expect(await patient.ended()).toMatchObject({ code: EXIT.stopped, left: [] });
      await way.close();
    }));

  it('no agent ever printed a secret or a token', () => {
    expect(stage.leaks()).toEqual([]);
  });
});
