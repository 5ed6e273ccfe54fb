import type { TokenCredential } from '@azure/identity';
import { describe, expect, it } from 'vitest';
import { EntraTokens } from '../src/credential.ts';
import { RegistrationUnavailable } from '../src/errors.ts';
import { Keeper } from '../src/keeper.ts';
import { readSettings } from '../src/settings.ts';

const NEVER = new AbortController().signal;
const SETTINGS = readSettings({ LKPS_REGION: 'eu', LKPS_ENV: 'np' }, {}, true);
const NO_TOKEN = 'the credential given to Worker gave no token';

/** Written in plain JavaScript, it may do anything. */
function tokensOf(getToken: () => unknown, timeoutMs?: number): EntraTokens {
  return new EntraTokens(SETTINGS, {}, { getToken } as unknown as TokenCredential, timeoutMs);
}

describe('a credential of the program that', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['a text', 'token'],
    ['an object without a token', {}],
    ['a token that is not there', { token: undefined }],
    ['an empty token', { token: '' }],
    ['a token that is no text', { token: 5 }],
  ])('gives %s gave no token', async (_, answer) => {
    for (const given of [answer, Promise.resolve(answer)]) {
      const failure: unknown = await tokensOf(() => given)
        .get(NEVER)
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(RegistrationUnavailable);
      expect(failure).toMatchObject({ message: NO_TOKEN });
    }
  });

  it.each([
    ['null', null, 'null'],
    ['a text', 'not now\nnor later', 'not now'],
    ['an empty text', '', 'string'],
    ['a symbol', Symbol('no'), 'Symbol(no)'],
    ['an object that cannot be a text', Object.create(null), 'object'],
    ['an error without words of its own', Object.assign(new Error(), { message: undefined }), 'undefined'],
  ])('throws %s is not to be had for now', async (_, thrown: unknown, words) => {
    for (const getToken of [
      () => {
        throw thrown;
      },
      async () => {
        await Promise.resolve();
        throw thrown;
      },
    ]) {
      const failure: unknown = await tokensOf(getToken)
        .get(NEVER)
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(RegistrationUnavailable);
      expect(failure).toMatchObject({ message: `Entra is not reachable: ${words}` });
    }
  });

  const START_MS = 20;
  /** Each try lasts longer than a start may. */
  const start = (signal: AbortSignal, asked: unknown[] = []): Promise<Keeper> => {
    const tokens = tokensOf(() => new Promise(() => undefined), 50);
    const parts = {
      register: async (stop: AbortSignal) => {
        asked.push('once');
        await tokens.get(stop);
        return expect.unreachable();
      },
      now: () => performance.now(),
      random: () => 0,
      sleep: () => Promise.resolve(),
      onRetry: () => undefined,
    };
    return Keeper.start(parts, START_MS, signal);
  };

  it('never answers and heeds no signal is left when the start has lasted long enough', async () => {
    const asked: unknown[] = [];
    await expect(start(NEVER, asked)).rejects.toThrow(
      'not registered in time: Entra is not reachable: no answer within 0.05 s',
    );
    expect(asked).toEqual(['once']);
  });

  it('never answers and heeds no signal is left at once at a stop', async () => {
    const stop = new AbortController();
    const starting = start(stop.signal);
    stop.abort(new Error('stopped'));
    await expect(starting).rejects.toThrow('stopped');
  });

  it('throws what is no error at a stop is left as well', async () => {
    const stop = new AbortController();
    const tokens = tokensOf(() => {
      stop.abort(new Error('stopped'));
      const nothing: unknown = null;
      throw nothing;
    });
    await expect(tokens.get(stop.signal)).rejects.toThrow('stopped');
  });
});
