import { SignJWT, type JWTPayload } from 'jose';
import type { LiveKitKey } from './signing-keys.ts';

/** A JWT as LiveKit expects it: HS256, the key's id as issuer. Times are in `claims`, in seconds. */
export function signJwt(key: LiveKitKey, claims: JWTPayload & { readonly exp: number }): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(key.id)
    .sign(key.secret);
}

export function epochSeconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
