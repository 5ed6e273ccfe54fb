import { inspect } from 'node:util';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../composition/secret.ts';

const secret = new Secret('canary-secret');
const lines: string[] = [];
const log = pino({}, { write: (line: string) => void lines.push(line) });

describe('Secret', () => {
  it.each([
    ['String', () => String(secret)],
    // eslint-disable-next-line @typescript-eslint/restrict-template-expressions -- what must not leak is tried
    ['a template', () => `${secret}`],
    ['concatenation', () => ''.concat(String(secret))],
    ['join', () => [secret].join()],
    ['JSON', () => JSON.stringify({ secret })],
    ['inspect', () => inspect({ secret }, { depth: null, showHidden: true })],
    ['an error', () => new Error('failed', { cause: secret }).cause],
    [
      'its keys',
      () => JSON.stringify([Object.keys(secret), Object.getOwnPropertyNames(secret), Object.entries(secret)]),
    ],
    ['a clone', () => inspect(structuredClone(secret))],
    ['the log', () => (log.info({ secret }, 'message'), lines.join())],
  ] as const)('does not show itself in %s', (_, print) => {
    expect(inspect(print())).not.toContain('canary');
  });

  it.each([String(secret), JSON.stringify(secret), inspect(secret)])(
    'says that it was left out: %s',
    (text) => {
      expect(text).toMatch(/^"?\[redacted\]"?$/);
    },
  );

  it('is there for who asks for it', () => {
    expect(secret.reveal()).toBe('canary-secret');
    expect(new TextDecoder().decode(secret.revealBytes())).toBe('canary-secret');
  });
});
