export { EntraIdentitySource, type EntraIdentitySourceOptions } from './entra-identity-source.ts';
export { EntraSigningKeys, type EntraSigningKeysOptions } from './entra-signing-keys.ts';
export { EntraTokenVerifier, type EntraTokenVerifierOptions } from './entra-token-verifier.ts';
export { parseEntraTrust, type EntraTrustText } from './entra-trust.ts';
export type { FetchKeys } from './fetch-key-set.ts';
