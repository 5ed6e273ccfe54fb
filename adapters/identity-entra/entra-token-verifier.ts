import { compactVerify, decodeProtectedHeader, errors } from 'jose';
import {
  readEntraClaims,
  type AccessTokenVerifier,
  type ClaimRejection,
  type Clock,
  type EntraTrust,
  type TokenVerification,
} from '../../core/index.ts';
import type { EntraSigningKeys } from './entra-signing-keys.ts';
import { MAX_KEY_ID } from './fetch-key-set.ts';

export interface EntraTokenVerifierOptions {
  readonly trust: EntraTrust;
  /** Of the same tenant and authority as `trust`. */
  readonly keys: Pick<EntraSigningKeys, 'find'>;
  readonly clock: Clock;
}

/** Why a token was not believed: goes to log and audit as it is. */
export type TokenRejection =
  | ClaimRejection
  | 'token_too_large'
  | 'token_malformed'
  | 'token_type_wrong'
  | 'token_algorithm_wrong'
  | 'signing_key_unknown'
  | 'signature_wrong';

/** Entra's own tokens stay well below, also with many groups. */
const MAX_TOKEN = 16_384;
const ALGORITHM = 'RS256';

/** {@link AccessTokenVerifier} for tokens of Entra ID. The key is Entra's by its `kid`; no header brings one along. */
export class EntraTokenVerifier implements AccessTokenVerifier {
  readonly #options: EntraTokenVerifierOptions;

  constructor(options: EntraTokenVerifierOptions) {
    this.#options = options;
  }

  async verify(token: string): Promise<TokenVerification> {
    const { trust, clock } = this.#options;
    const claims = await this.#signedClaims(token);
    if (typeof claims === 'string') {
      return { outcome: 'rejected', reason: claims };
    }
    if (!Object.hasOwn(claims, 'ver') || !Object.hasOwn(claims, 'nbf')) {
      return { outcome: 'rejected', reason: 'claim_malformed' }; // a whole token of Entra has both
    }
    const caller = readEntraClaims(claims, trust, clock.now());
    return typeof caller === 'string'
      ? { outcome: 'rejected', reason: caller }
      : { outcome: 'verified', ...caller };
  }

  async #signedClaims(token: string): Promise<Readonly<Record<string, unknown>> | TokenRejection> {
    if (token.length > MAX_TOKEN) {
      return 'token_too_large';
    }
    const keyId = readKeyId(token);
    if (typeof keyId === 'string') {
      return keyId;
    }
    const key = await this.#options.keys.find(keyId.kid);
    if (key === undefined) {
      return 'signing_key_unknown';
    }
    try {
      const { payload } = await compactVerify(token, key, { algorithms: [ALGORITHM] });
      return parseClaims(payload);
    } catch (error) {
      return error instanceof errors.JWSSignatureVerificationFailed ? 'signature_wrong' : 'token_malformed';
    }
  }
}

/** `jku`, `x5u`, `jwk` and `x5c` are never read: whoever wrote the token wrote them (RFC 8725 section 3.10). */
function readKeyId(token: string): { readonly kid: string } | TokenRejection {
  const header = decodeHeader(token);
  if (header === undefined || header.alg !== ALGORITHM) {
    return header === undefined ? 'token_malformed' : 'token_algorithm_wrong';
  }
  if (header.typ !== 'JWT') {
    return 'token_type_wrong';
  }
  const kid: unknown = header.kid;
  return typeof kid === 'string' && kid !== '' && kid.length <= MAX_KEY_ID ? { kid } : 'signing_key_unknown';
}

function decodeHeader(token: string): ReturnType<typeof decodeProtectedHeader> | undefined {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return undefined;
  }
}

function parseClaims(payload: Uint8Array): Readonly<Record<string, unknown>> | 'token_malformed' {
  const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  return typeof claims === 'object' && claims !== null && !Array.isArray(claims)
    ? { ...claims }
    : 'token_malformed';
}
