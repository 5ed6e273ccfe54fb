import { createHmac } from 'node:crypto';
import {
  LkpsError,
  type Clock,
  type LiveKitEvent,
  type SignedWebhook,
  type WebhookVerification,
  type WebhookVerifier,
} from '../../core/index.ts';

export interface WebhookKey {
  readonly id: string;
  readonly secret: string;
}

export const MEMORY_WEBHOOK_KEY: WebhookKey = { id: 'hook', secret: 'memory-webhook-secret-of-32-bytes!' };
const TOLERANCE_MS = 60_000;
const LIFE_MS = 300_000;

/** {@link WebhookVerifier} for events in the platform's own shape, under a signature `<key id>.<expiry ms>.<hmac>`. */
export class MemoryWebhookVerifier implements WebhookVerifier {
  readonly #keys: ReadonlyMap<string, WebhookKey>;
  readonly #clock: Clock;

  constructor({
    clock,
    keys = [MEMORY_WEBHOOK_KEY],
  }: {
    readonly clock: Clock;
    readonly keys?: readonly WebhookKey[];
  }) {
    this.#keys = new Map(keys.map((key) => [key.id, key]));
    this.#clock = clock;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what goes wrong is a rejection, as in every adapter
  async verify({ body, signature }: SignedWebhook): Promise<WebhookVerification> {
    if (signature === undefined) {
      return { outcome: 'rejected', reason: 'signature_missing' };
    }
    const [keyId = '', expiresAtMs = ''] = signature.split('.');
    const key = this.#keys.get(keyId);
    if (key === undefined) {
      return { outcome: 'rejected', reason: 'signing_key_unknown' };
    }
    if (signatureOf(body, key, Number(expiresAtMs)) !== signature) {
      return { outcome: 'rejected', reason: 'signature_wrong' };
    }
    if (Number(expiresAtMs) + TOLERANCE_MS < this.#clock.now().getTime()) {
      return { outcome: 'rejected', reason: 'signature_expired' };
    }
    return { outcome: 'verified', event: parseEvent(body) };
  }

  /** What a LiveKit that holds `key` would send. */
  sign(
    event: LiveKitEvent,
    { key = MEMORY_WEBHOOK_KEY, expiresAt = new Date(this.#clock.now().getTime() + LIFE_MS) } = {},
  ): SignedWebhook & { readonly signature: string } {
    return this.signBytes(new TextEncoder().encode(JSON.stringify(event)), { key, expiresAt });
  }

  signBytes(
    body: Uint8Array,
    { key = MEMORY_WEBHOOK_KEY, expiresAt = new Date(this.#clock.now().getTime() + LIFE_MS) } = {},
  ): SignedWebhook & { readonly signature: string } {
    return { body, signature: signatureOf(body, key, expiresAt.getTime()) };
  }
}

function signatureOf(body: Uint8Array, { id, secret }: WebhookKey, expiresAtMs: number): string {
  const claims = `${id}.${expiresAtMs}`;
  return `${claims}.${createHmac('sha256', secret).update(claims).update('\0').update(body).digest('base64url')}`;
}

function parseEvent(body: Uint8Array): LiveKitEvent {
  try {
    const event: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (isEvent(event)) {
      return event;
    }
  } catch {
    // said below
  }
  throw new LkpsError('malformed_json', 'the webhook body is not an event');
}

function isEvent(value: unknown): value is LiveKitEvent {
  return (
    typeof value === 'object' &&
    value !== null &&
    'eventId' in value &&
    typeof value.eventId === 'string' &&
    value.eventId !== '' &&
    'event' in value &&
    typeof value.event === 'string'
  );
}
