import { createHash } from 'node:crypto';
import { decodeJwt, errors, jwtVerify } from 'jose';
import type { Clock, SignedWebhook, WebhookVerification, WebhookVerifier } from '../../core/index.ts';
import type { LiveKitKey } from './signing-keys.ts';
import { parseWebhookEvent } from './webhook-event.ts';

/** An event refused for a clock that is off counts as delivered and is lost: the SDK's 10 s are too few. */
const CLOCK_TOLERANCE_SECONDS = 60;

export interface LiveKitWebhookVerifierOptions {
  /** The dedicated webhook keys; several may be valid at once, `iss` says which one signed. */
  readonly keys: readonly LiveKitKey[];
  readonly clock: Clock;
}

/**
 * {@link WebhookVerifier} for LiveKit's signature: a JWT in `Authorization`, without "Bearer", that carries the hash of
 * the body. The SDK's receiver pins no algorithm and can be told to skip the check; this one does neither.
 */
export class LiveKitWebhookVerifier implements WebhookVerifier {
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  readonly #clock: Clock;

  constructor({ keys, clock }: LiveKitWebhookVerifierOptions) {
    this.#keys = new Map(keys.map((key) => [key.id, key.secret]));
    this.#clock = clock;
  }

  async verify({ body, signature }: SignedWebhook): Promise<WebhookVerification> {
    const refusal = await this.#refusalOf(signature, createHash('sha256').update(body).digest('base64'));
    return refusal === undefined
      ? { outcome: 'verified', event: parseWebhookEvent(body) }
      : { outcome: 'rejected', reason: refusal };
  }

  async #refusalOf(signature: string | undefined, bodyHash: string): Promise<string | undefined> {
    if (signature === undefined) {
      return 'signature_missing';
    }
    try {
      const { iss } = decodeJwt(signature); // unverified: it only picks the key that must have signed
      const secret = this.#keys.get(iss ?? '');
      if (secret === undefined) {
        return 'signing_key_unknown';
      }
      const { payload } = await jwtVerify(signature, secret, {
        algorithms: ['HS256'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['exp', 'sha256'],
        currentDate: this.#clock.now(),
      });
      return payload['sha256'] === bodyHash ? undefined : 'body_hash_wrong';
    } catch (error) {
      return error instanceof errors.JWTExpired ? 'signature_expired' : 'signature_wrong';
    }
  }
}
