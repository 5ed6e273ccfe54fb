import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LiveKitRoomDispatcher } from '../../../adapters/livekit/index.ts';
import { anyRequest } from '../../contract/room-dispatcher.contract.ts';
import { inTime } from '../../support/in-time.ts';
import { deadUrl, openImpostor, type Misbehaviour } from '../../support/livekit-impostor.ts';
import { randomKey, secretText } from '../../support/livekit-server.ts';

const DEADLINE_MS = 5_000;
/** For what comes before the call is on its way, and after its end. */
const SLACK_MS = 750;

describe('LiveKitRoomDispatcher before something that is not LiveKit', () => {
  const MISBEHAVIOURS: readonly Misbehaviour[] = [
    'refusing',
    'broken',
    'overloaded',
    'chatty',
    'empty',
    'redirecting',
  ];

  it.for(MISBEHAVIOURS)('fails at once before one that is %s', async (misbehaviour) => {
    const { tokens } = await failure(misbehaviour, 1_000);
    expect(tokens.length).toBeGreaterThan(0);
  });

  it.for(MISBEHAVIOURS.filter((misbehaviour) => misbehaviour !== 'empty'))(
    'takes no room for closed before one that is %s',
    async (misbehaviour) => {
      const impostor = await openImpostor(misbehaviour);
      const deletion = new LiveKitRoomDispatcher({ url: impostor.url, key: randomKey('canary-key') })
        .deleteRoom(anyRequest().room)
        .finally(() => impostor.close());
      const error: unknown = await deletion.catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'LkpsError', code: 'livekit_unavailable' });
      expect(inspect(error, { depth: Infinity, showHidden: true })).not.toMatch(/eyJ[A-Za-z0-9_-]{10}/);
      expect(impostor.tokens.length).toBeGreaterThan(0);
    },
  );

  it('never waits longer than its deadline, nor tries twice', async () => {
    const failures = (['silent', 'dripping'] as const).map((one) => failure(one, DEADLINE_MS + SLACK_MS));
    for (const { tookMs, tokens } of await Promise.all(failures)) {
      expect(tookMs).toBeGreaterThan(DEADLINE_MS - SLACK_MS);
      expect(tokens.length).toBe(1);
    }
  });

  it('fails at once where nobody listens', async () => {
    const url = await deadUrl();
    await inTime(1_000, () => expectUnavailable(url, []));
  });
});

interface Failure {
  readonly tookMs: number;
  /** The JWTs that were sent, which must show up nowhere. */
  readonly tokens: readonly string[];
}

async function failure(misbehaviour: Misbehaviour, withinMs: number): Promise<Failure> {
  const impostor = await openImpostor(misbehaviour);
  try {
    const startedMs = performance.now();
    await inTime(withinMs, () => expectUnavailable(impostor.url, impostor.tokens));
    return { tookMs: performance.now() - startedMs, tokens: impostor.tokens };
  } finally {
    await impostor.close();
  }
}

/** `livekit_unavailable`, and neither JWT nor secret in anything that a log could print of it. */
async function expectUnavailable(url: string, tokens: readonly string[]): Promise<void> {
  const key = randomKey('canary-key');
  const rejected = new LiveKitRoomDispatcher({ url, key }).createRoom(anyRequest());
  const error = await rejected.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'LkpsError', code: 'livekit_unavailable' });
  expect(error).not.toHaveProperty('cause');
  const shown = inspect(error, { depth: Infinity, showHidden: true });
  expect(shown).not.toContain(secretText(key));
  expect(shown).not.toMatch(/eyJ[A-Za-z0-9_-]{10}/);
  for (const token of tokens) {
    expect(token).toMatch(/^eyJ/);
    expect(shown).not.toContain(token.split('.')[2] ?? token);
  }
}
