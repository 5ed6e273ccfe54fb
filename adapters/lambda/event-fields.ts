import type { AuthorizerClaims } from '../http/index.ts';

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function claimsOf(value: unknown): AuthorizerClaims | undefined {
  return isRecord(value) ? value : undefined;
}
