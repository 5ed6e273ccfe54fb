import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveKitProbe, type LiveKitKey } from '../../../adapters/livekit/index.ts';
import { inTime } from '../../support/in-time.ts';
import { deadUrl, openImpostor, type Misbehaviour } from '../../support/livekit-impostor.ts';
import { LIVEKIT_START_MS, openLiveKit, randomKey, type TestLiveKit } from '../../support/livekit-server.ts';

const clock = { now: (): Date => new Date() };

describe('LiveKitProbe', () => {
  let livekit: TestLiveKit;
  beforeAll(async () => {
    livekit = await openLiveKit();
  }, LIVEKIT_START_MS);
  afterAll(() => livekit.stop());

  const probe = (url: string, key: LiveKitKey): LiveKitProbe => new LiveKitProbe({ url, key, clock });

  it('is content with a server that accepts the service’s own credentials', async () => {
    expect(await probe(livekit.url, livekit.apiKey).isHealthy()).toBe(true);
  });

  it('is not content with a server that is up and refuses them', async () => {
    expect((await fetch(livekit.url)).status).toBe(200);
    expect(await probe(livekit.url, randomKey(livekit.apiKey.id)).isHealthy()).toBe(false);
    expect(await probe(livekit.url, randomKey('unknown')).isHealthy()).toBe(false);
  });

  it('is not content where nobody listens, nor with a URL that is none', async () => {
    expect(await probe(await deadUrl(), livekit.apiKey).isHealthy()).toBe(false);
    expect(await probe('not a url', livekit.apiKey).isHealthy()).toBe(false);
  });

  it.for<Misbehaviour>(['refusing', 'broken', 'overloaded', 'redirecting'])(
    'is not content with something that is %s',
    async (misbehaviour) => {
      expect(await verdictOn(misbehaviour)).toBe(false);
    },
  );

  it('never waits longer than 2 s', async () => {
    expect(await Promise.all([verdictOn('silent', 2_500), verdictOn('dripping', 2_500)])).toEqual([
      false,
      false,
    ]);
  });

  async function verdictOn(misbehaviour: Misbehaviour, withinMs = 10_000): Promise<boolean> {
    const impostor = await openImpostor(misbehaviour);
    try {
      return await inTime(withinMs, () => probe(impostor.url, livekit.apiKey).isHealthy());
    } finally {
      await impostor.close();
    }
  }
});
