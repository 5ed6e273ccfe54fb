import { createHash, timingSafeEqual } from 'node:crypto';

export const PROOF_HEADER = 'x-lkps-proxy-proof';

/**
 * How it is known that a request came through Ocelot: by a secret only Ocelot holds, or because the network lets nothing
 * else in (`network`: then nobody checks).
 */
export type ProxyProof = 'network' | { readonly secrets: readonly Uint8Array[] };

const MIN_SECRET_BYTES = 32;

/** @throws RangeError for a proof that anyone could give: no secret, or one short enough to guess. */
export function requireStrong(proof: ProxyProof): void {
  if (proof === 'network') {
    return;
  }
  if (proof.secrets.length === 0 || proof.secrets.some(({ length }) => length < MIN_SECRET_BYTES)) {
    throw new RangeError(`the proof of the proxy needs secrets of at least ${MIN_SECRET_BYTES} bytes`);
  }
}

/** In constant time, over digests: neither the content nor the length of a secret can be felt out. */
export function isProven(proof: ProxyProof, offered: readonly string[]): boolean {
  if (proof === 'network') {
    return true;
  }
  const digest = sha256(Buffer.from(offered[0] ?? '', 'latin1'));
  const matches = proof.secrets.map((secret) => timingSafeEqual(sha256(secret), digest));
  return offered.length === 1 && matches.includes(true);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
