import { expect } from 'vitest';
import { LkpsError } from '../../core/index.ts';
import { GRAPH_TOKEN } from './graph-server.ts';

/** Doubt, in words for the log that hold neither the token nor anything that came from outside. */
export async function expectDoubt(asked: Promise<unknown>, ...words: readonly string[]): Promise<void> {
  const error = await asked.then(
    (answer) => expect.unreachable(`answered ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(LkpsError);
  expect(error).toMatchObject({ code: 'authorization_unavailable' });
  const { message, cause } = error instanceof Error ? error : new Error();
  expect(cause).toBeUndefined();
  expect(message).not.toContain(GRAPH_TOKEN);
  expect(message).not.toContain('canary');
  for (const word of words) {
    expect(message).toContain(word);
  }
}
