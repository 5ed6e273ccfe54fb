import type { VideoGrant } from 'livekit-server-sdk';
import type { Grants, IssuedToken, TokenIssuer, TokenSpec } from '../../core/index.ts';
import { epochSeconds, signJwt } from './sign-jwt.ts';
import type { LiveKitKey } from './signing-keys.ts';

/**
 * {@link TokenIssuer} in LiveKit's JWT format.
 *
 * Signed with jose rather than the SDK's `AccessToken`, which knows neither `jti` nor `iat`, takes the time from the
 * wall clock, turns a TTL of 0 into six hours and falls back to keys from the environment (docs/adr/0003).
 */
export class LiveKitTokenIssuer implements TokenIssuer {
  readonly #key: LiveKitKey;

  constructor(key: LiveKitKey) {
    this.#key = key;
  }

  async issue(spec: TokenSpec): Promise<IssuedToken> {
    const issuedAt = epochSeconds(spec.issuedAt);
    const jwt = await signJwt(this.#key, {
      sub: spec.subject,
      jti: spec.tokenId,
      iat: issuedAt,
      nbf: issuedAt,
      exp: epochSeconds(spec.expiresAt),
      ...(spec.kind === undefined ? {} : { kind: spec.kind }),
      video: videoGrant(spec.grants),
      ...(Object.keys(spec.attributes).length === 0 ? {} : { attributes: spec.attributes }),
      ...(spec.name === undefined ? {} : { name: spec.name }),
      ...(spec.metadata === undefined ? {} : { metadata: spec.metadata }),
    });
    return { jwt, signingKeyId: this.#key.id };
  }
}

/** As in the SDK, whose type proves that the names are those LiveKit reads; but a token says sources in words. */
type VideoClaim = Omit<VideoGrant, 'canPublishSources'> & { readonly canPublishSources?: readonly string[] };

function videoGrant(grants: Grants): VideoClaim {
  return { ...grants };
}
