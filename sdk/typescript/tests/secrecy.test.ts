import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { EntraTokens } from '../src/credential.ts';
import { RegistrationRefused, RegistrationUnavailable, SettingsError, WorkerFailed } from '../src/errors.ts';
import { Events } from '../src/events.ts';
import { GatewayLink } from '../src/gateway-link.ts';
import { Keeper } from '../src/keeper.ts';
import { Registrar } from '../src/registrar.ts';
import { readSettings } from '../src/settings.ts';
import { Worker } from '../src/worker.ts';
import { registration, TOKEN } from './support/registrations.ts';
import { thrownBy } from './support/thrown-by.ts';

const SECRET = 'planted-client-secret-0123456789';
const ENV = {
  LKPS_REGION: 'eu',
  LKPS_ENV: 'np',
  AZURE_TENANT_ID: '7c6f0d9e-0f4d-4f5e-9f65-6a3d1a2b3c4d',
  AZURE_CLIENT_ID: '11111111-2222-4333-8444-555555555555',
  AZURE_CLIENT_SECRET: SECRET,
};

/** However somebody prints an object by accident. */
function printed(value: unknown): string {
  const deep = inspect(value, { depth: 20, showHidden: true, getters: true });
  const stack = value instanceof Error ? (value.stack ?? '') : '';
  return [deep, JSON.stringify(value), String(value), stack].join('\n');
}

describe('what holds a secret does not show it', () => {
  const settings = readSettings(ENV, {}, false);
  const credential = {
    secret: SECRET,
    getToken: () => Promise.resolve({ token: SECRET, expiresOnTimestamp: 0 }),
  };
  const keeper = Keeper.start(
    {
      register: () => Promise.resolve(registration()),
      now: () => 0,
      random: () => 0,
      sleep: () => Promise.resolve(),
      onRetry: () => undefined,
    },
    0,
    new AbortController().signal,
  );

  it.each([
    ['settings', () => settings],
    ['a registration', () => registration()],
    ['the tokens of Entra', () => new EntraTokens(settings, ENV, credential)],
    ['the registrar', () => new Registrar(settings, credential, new Events())],
    ['the keeper', () => keeper],
    ['the link to the gateway', async () => new GatewayLink(await keeper, new Events())],
    ['a worker', () => new Worker({ agent: '/agent.ts', credential })],
  ])('%s', async (_, create) => {
    const text = printed(await create());
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(TOKEN);
  });

  it('errors of settings do not repeat what may be one', () => {
    const env = { LKPS_URL: `https://user:${SECRET}@host?x=${SECRET}`, AZURE_CLIENT_SECRET: SECRET };
    expect(printed(thrownBy(() => readSettings(env, {}, false)))).not.toContain(SECRET);
    expect(printed(thrownBy(() => new Worker({ agent: '/a', apiSecret: SECRET } as never)))).not.toContain(
      SECRET,
    );
  });

  it('no error of the SDK takes a cause along', () => {
    for (const kind of [RegistrationRefused, RegistrationUnavailable, WorkerFailed]) {
      expect(kind.length).toBeLessThanOrEqual(2);
      expect(new kind('x')).not.toHaveProperty('cause');
    }
    expect(new SettingsError([])).not.toHaveProperty('cause');
  });

  it('a credential that cannot be made is a problem of the settings, without the secret', async () => {
    const tokens = new EntraTokens(settings, { ...ENV, AZURE_TENANT_ID: 'not a tenant' });
    const failure: unknown = await tokens.get(new AbortController().signal).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SettingsError);
    expect(printed(failure)).not.toContain(SECRET);
  });
});
