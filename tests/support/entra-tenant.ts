import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTHeaderParameters,
} from 'jose';
import {
  EntraIdentitySource,
  EntraSigningKeys,
  EntraTokenVerifier,
  type FetchKeys,
} from '../../adapters/identity-entra/index.ts';
import { AS_APPLICATION, AS_USER, AS_V1_APPLICATION, CLAIMS_NOW, TRUST } from './entra-claims.ts';

export const KEYS_URL = `${TRUST.authority}/${TRUST.tenantId}/discovery/v2.0/keys`;

const VALID = { nbf: CLAIMS_NOW.getTime() / 1000 - 60 };
/** Whole tokens: the claims that authorizers may leave out are there. */
export const APPLICATION_TOKEN = { ...AS_APPLICATION, ...VALID, ver: '2.0' };
export const V1_APPLICATION_TOKEN = { ...AS_V1_APPLICATION, ...VALID, ver: '1.0' };
export const USER_TOKEN = { ...AS_USER, ...VALID, ver: '2.0' };

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly published: JWK;
}

export async function newSigningKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  return { kid, privateKey, published: { ...(await exportJWK(publicKey)), kid, use: 'sig' } };
}

/** Entra as far as a verifier sees it: what it publishes, what it signed, and how often it was asked. */
export class EntraTenant {
  readonly asked: string[] = [];
  published: readonly SigningKey[];
  /** What is answered instead of the keys. */
  instead: FetchKeys | undefined;
  now = CLAIMS_NOW;

  constructor(...published: readonly SigningKey[]) {
    this.published = published;
  }

  readonly fetch: FetchKeys = (url, init) => {
    this.asked.push(url);
    const body = { keys: this.published.map((key) => key.published) };
    return this.instead?.(url, init) ?? Promise.resolve(Response.json(body));
  };

  /** One second later by default. */
  wait(ms = 1000): void {
    this.now = new Date(this.now.getTime() + ms);
  }

  sign(
    claims: object,
    header: Partial<JWTHeaderParameters> = {},
    key: Pick<SigningKey, 'kid' | 'privateKey'> | undefined = this.published[0],
  ): Promise<string> {
    if (key === undefined) {
      throw new Error('the tenant has no key');
    }
    const protectedHeader = { alg: 'RS256', typ: 'JWT', kid: key.kid, ...header };
    return new SignJWT({ ...claims }).setProtectedHeader(protectedHeader).sign(key.privateKey);
  }

  keys(): EntraSigningKeys {
    return new EntraSigningKeys({ ...TRUST, clock: { now: () => this.now }, fetch: this.fetch });
  }

  verifier(trust = TRUST): EntraTokenVerifier {
    return new EntraTokenVerifier({ trust, keys: this.keys(), clock: { now: () => this.now } });
  }

  source(requiredRole?: string): EntraIdentitySource {
    const tokens = this.verifier();
    return new EntraIdentitySource(requiredRole === undefined ? { tokens } : { tokens, requiredRole });
  }
}
