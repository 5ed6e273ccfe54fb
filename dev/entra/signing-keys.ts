import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose';

const RETIRED_KEYS = 2;

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly published: JWK;
}

/**
 * As Entra does it: the next key is published before the first token is signed with it, and a retired one stays published
 * for a while, so that a validator that caches the set never meets a kid it cannot find.
 */
export class SigningKeys {
  #next: SigningKey;
  #current: SigningKey;
  #retired: readonly SigningKey[] = [];

  private constructor(current: SigningKey, next: SigningKey) {
    this.#current = current;
    this.#next = next;
  }

  static async create(): Promise<SigningKeys> {
    const [current, next] = await Promise.all([newKey(), newKey()]);
    return new SigningKeys(current, next);
  }

  async rotate(): Promise<void> {
    const following = await newKey();
    this.#retired = [this.#current, ...this.#retired].slice(0, RETIRED_KEYS);
    this.#current = this.#next;
    this.#next = following;
  }

  get kid(): string {
    return this.#current.kid;
  }

  published(): { readonly keys: readonly JWK[] } {
    return { keys: [this.#current, this.#next, ...this.#retired].map(({ published }) => published) };
  }

  sign(claims: JWTPayload): Promise<string> {
    const { kid, privateKey } = this.#current;
    return new SignJWT(claims)
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid, x5t: kid })
      .sign(privateKey);
  }
}

async function newKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { modulusLength: 2048 });
  const kid = randomBytes(20).toString('base64url');
  const { kty, n, e } = await exportJWK(publicKey);
  if (kty === undefined || n === undefined || e === undefined) throw new Error('not an RSA key');
  return { kid, privateKey, published: { kty, use: 'sig', kid, x5t: kid, n, e } };
}
