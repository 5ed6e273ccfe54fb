import { randomBytes } from 'node:crypto';
import { type LiveKitKey } from '../../adapters/livekit/index.ts';
import { findLiveKit } from '../../dev/livekit/binary.ts';
import { startLiveKit } from '../../dev/livekit/server.ts';
import { openWebhookInbox, type WebhookInbox } from './livekit-webhook-inbox.ts';

/** For the hook that starts a server: where nobody has built it yet, it is built now. */
export const LIVEKIT_START_MS = 420_000;

/** A real LiveKit server of a test file's own, which posts its webhooks into an inbox. */
export interface TestLiveKit {
  readonly url: string;
  readonly wsUrl: string;
  /** Signs tokens and calls; not what webhooks are signed with. */
  readonly apiKey: LiveKitKey;
  readonly webhookKey: LiveKitKey;
  readonly webhooks: WebhookInbox;
  readonly stop: () => Promise<void>;
}

export async function openLiveKit(): Promise<TestLiveKit> {
  const { path } = await findLiveKit();
  const webhooks = await openWebhookInbox();
  const [apiKey, webhookKey] = [randomKey('api'), randomKey('webhook')];
  const server = await startLiveKit({
    binary: path,
    keys: { [apiKey.id]: secretText(apiKey), [webhookKey.id]: secretText(webhookKey) },
    webhook: { url: webhooks.url, keyId: webhookKey.id },
  });
  return {
    url: server.url,
    wsUrl: server.wsUrl,
    apiKey,
    webhookKey,
    webhooks,
    stop: async () => {
      await server.stop();
      await webhooks.close();
    },
  };
}

export function randomKey(id: string): LiveKitKey {
  return { id, secret: new TextEncoder().encode(randomBytes(24).toString('hex')) };
}

/** As LiveKit's configuration and its SDK take it. */
export function secretText(key: LiveKitKey): string {
  return new TextDecoder().decode(key.secret);
}
