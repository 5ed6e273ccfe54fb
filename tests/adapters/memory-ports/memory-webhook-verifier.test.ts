import { describeWebhookVerifier } from '../../contract/webhook-verifier.contract.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { MEMORY_WEBHOOK_KEY, MemoryWebhookVerifier } from '../../support/memory-webhook-verifier.ts';

describeWebhookVerifier('memory', () => {
  const clock = new FixedClock();
  const verifier = new MemoryWebhookVerifier({ clock });
  const sign = (body: Uint8Array, expiresAt: Date, key = MEMORY_WEBHOOK_KEY): Promise<string> =>
    Promise.resolve(verifier.signBytes(body, { expiresAt, key }).signature);
  return Promise.resolve({
    verifier,
    now: () => clock.now(),
    encode: (event) => new TextEncoder().encode(JSON.stringify(event)),
    sign: (body, expiresAt) => sign(body, expiresAt),
    signAsAnother: (body, expiresAt) =>
      sign(body, expiresAt, { id: 'api', secret: 'secret-of-the-api-key-of-livekit' }),
    close: () => Promise.resolve(),
  });
});
