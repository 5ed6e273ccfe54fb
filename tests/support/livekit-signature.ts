import { createHash } from 'node:crypto';
import { SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose';
import type { LiveKitKey } from '../../adapters/livekit/index.ts';

/** What LiveKit's signature of a body claims, at a time. */
export function signatureClaims(body: Uint8Array, now: Date): JWTPayload {
  const seconds = Math.floor(now.getTime() / 1000);
  return { nbf: seconds, iat: seconds, exp: seconds + 300, sha256: hashOf(body) };
}

export function hashOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('base64');
}

/** LiveKit's signature, or one that differs from it in its claims or its header. */
export function signClaims(
  key: LiveKitKey,
  claims: JWTPayload,
  header: JWTHeaderParameters = { alg: 'HS256', typ: 'JWT' },
): Promise<string> {
  return new SignJWT({ iss: key.id, ...claims }).setProtectedHeader(header).sign(key.secret);
}

/** A JWT put together by hand: for what no library would sign. */
export function unsignedJwt(header: object, claims: object, signature = ''): string {
  const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return [...parts, signature].join('.');
}
