import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { removeLiveKitVariables, REMOVED_VARIABLES } from '../src/environment.ts';
import { refuseOptions } from '../src/options.ts';
import { readSettings } from '../src/settings.ts';
import { Worker } from '../src/worker.ts';
import { thrownBy } from './support/thrown-by.ts';

const ENV = { LKPS_REGION: 'eu', LKPS_ENV: 'np' };

describe('options of Worker', () => {
  it('go before the environment, one by one', () => {
    const env = { ...ENV, LKPS_URL: 'https://env.example', LKPS_START_TIMEOUT_SECONDS: '7' };
    expect(readSettings(env, { url: 'https://own.example/', startTimeoutMs: 5 }, false)).toMatchObject({
      registerUrl: 'https://own.example/api/agent/register',
      startTimeoutMs: 5,
      region: 'eu',
    });
    expect(
      readSettings(ENV, { region: 'us', environment: 'prod', scope: 'api://x/.default' }, false),
    ).toMatchObject({
      registerUrl: 'https://us-livekit-platform-service.int.bayer.com/api/agent/register',
      scope: 'api://x/.default',
    });
  });

  it('are named as options where they are wrong', () => {
    const wrong = { url: 'http://far.example', scope: 'x', startTimeoutMs: -1 };
    expect(thrownBy(() => readSettings(ENV, wrong, false))).toMatchObject({
      problems: [
        "url does not begin with https:// (http:// is for this machine's own loopback only)",
        'scope is "x", not of the form <resource>/.default',
        'startTimeoutMs is -1, not a number from 0 to 3600000',
      ],
    });
  });

  it('with a credential of its own, the variables of another do not matter', () => {
    const env = { ...ENV, AZURE_CLIENT_SECRET: 'nobodys' };
    expect(readSettings(env, {}, true)).toMatchObject({ credential: 'given' });
  });

  it.each(['agentName', 'apiKey', 'apiSecret', 'serverType', 'wsURL', 'workerToken'])(
    '%s is not accepted',
    (name) => {
      const options = { agent: '/agent.ts', [name]: 'value-of-it' };
      const error = thrownBy(() => new Worker(options));
      expect(error).toMatchObject({
        name: 'SettingsError',
        message: expect.stringContaining(`the option ${name} is not accepted: `) as string,
      });
      expect(String(error)).not.toContain('value-of-it');
    },
  );

  it.each([
    ['null', null],
    ['a text', 'secret-of-it'],
    ['a class', EventEmitter],
    ['an object of something else', { getToken: 'secret-of-it' }],
  ])('a credential that cannot be asked is not accepted: %s', (_, credential) => {
    const options = { agent: '/agent.ts', credential };
    const error = thrownBy(() => new Worker(options as never));
    expect(error).toMatchObject({
      name: 'SettingsError',
      problems: ['the option credential is not accepted: it has no getToken()'],
    });
    expect(String(error)).not.toContain('secret-of-it');
  });

  it('left empty, as a migrated program may have them, they are', () => {
    expect(() => {
      refuseOptions({ agent: '/agent.ts', agentName: '', apiKey: undefined });
    }).not.toThrow();
  });

  it('an event that there is not is an error at once', () => {
    const worker = new Worker({ agent: '/agent.ts' });
    // @ts-expect-error: as plain JavaScript may
    expect(() => worker.on('conected', () => undefined)).toThrow('there is no event conected');
  });
});

describe('variables of upstream that go around the platform', () => {
  it('are removed, all and no other; named are those that somebody had set', () => {
    const set = Object.fromEntries(REMOVED_VARIABLES.map((name) => [name, 'x']));
    const kept = { LIVEKIT_INFERENCE_API_KEY: 'own', AZURE_CLIENT_ID: 'own', PATH: '/bin' };
    const env = { ...set, ...kept };
    expect(removeLiveKitVariables(env)).toEqual(REMOVED_VARIABLES);
    expect(env).toEqual(kept);
    expect(removeLiveKitVariables(env)).toEqual([]);
    const empty = { LIVEKIT_URL: '' };
    expect(removeLiveKitVariables(empty)).toEqual([]);
    expect(empty).toEqual({});
  });
});
