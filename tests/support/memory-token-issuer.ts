import { createHmac } from 'node:crypto';
import type { IssuedToken, TokenIssuer, TokenSpec } from '../../core/index.ts';

/** {@link TokenIssuer} without a JWT library: a second opinion on what a token of this platform looks like. */
export class MemoryTokenIssuer implements TokenIssuer {
  readonly issued: TokenSpec[] = [];
  readonly #key: { readonly id: string; readonly secret: string };

  constructor(key = { id: 'memory-key', secret: 'memory-secret-of-at-least-32-bytes' }) {
    this.#key = key;
  }

  issue(spec: TokenSpec): Promise<IssuedToken> {
    this.issued.push(spec);
    return Promise.resolve({ jwt: this.#sign(claimsOf(spec)), signingKeyId: this.#key.id });
  }

  #sign(claims: Readonly<Record<string, unknown>>): string {
    const signed = [
      { alg: 'HS256', typ: 'JWT' },
      { iss: this.#key.id, ...claims },
    ]
      .map(base64Json)
      .join('.');
    return `${signed}.${createHmac('sha256', this.#key.secret).update(signed).digest('base64url')}`;
  }
}

function claimsOf(spec: TokenSpec): Readonly<Record<string, unknown>> {
  return {
    sub: spec.subject,
    jti: spec.tokenId,
    iat: epochSeconds(spec.issuedAt),
    nbf: epochSeconds(spec.issuedAt),
    exp: epochSeconds(spec.expiresAt),
    ...(spec.kind === undefined ? {} : { kind: spec.kind }),
    video: spec.grants,
    ...(Object.keys(spec.attributes).length === 0 ? {} : { attributes: spec.attributes }),
    ...(spec.name === undefined ? {} : { name: spec.name }),
    ...(spec.metadata === undefined ? {} : { metadata: spec.metadata }),
  };
}

function epochSeconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}

function base64Json(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
