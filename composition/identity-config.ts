import type { EntraTrust } from '../core/index.ts';
import type { Name, Values } from './setting-values.ts';

/** Which tokens are believed, and what they must carry. */
export interface TokenRules {
  readonly trust: EntraTrust;
  readonly requiredRole?: string;
}

/** Where a caller's identity comes from. `tokens` of Ocelot: the token it forwards, as evidence. */
export type IdentityConfig =
  | { readonly source: 'ocelot'; readonly evidence: 'directory' | 'headers' }
  | { readonly source: 'ocelot'; readonly evidence: 'token'; readonly tokens: TokenRules }
  | { readonly source: 'authorizer' | 'entra'; readonly tokens: TokenRules };

/** Undefined where a setting is missing that {@link identityContradictions} names. */
export function identityConfig(values: Values<Name>): IdentityConfig | undefined {
  const { LKPS_IDENTITY: source, LKPS_APPLICATION_EVIDENCE: evidence } = values;
  if (source === 'ocelot' && evidence !== 'token') {
    return { source, evidence };
  }
  const tokens = tokenRules(values);
  if (tokens === undefined) {
    return undefined;
  }
  return source === 'ocelot' ? { source, evidence: 'token', tokens } : { source, tokens };
}

function tokenRules(values: Values<Name>): TokenRules | undefined {
  const {
    LKPS_ENTRA_TENANT_ID: tenantId,
    LKPS_ENTRA_AUTHORITY: authority,
    LKPS_ENTRA_AUDIENCES: audiences,
    LKPS_ENTRA_CLIENTS: clients,
    LKPS_REQUIRED_ROLE: requiredRole,
  } = values;
  if (tenantId === undefined || audiences === undefined || clients === undefined) {
    return undefined;
  }
  const trust = { tenantId, authority, audiences, clients };
  return { trust, ...(requiredRole === undefined ? {} : { requiredRole }) };
}
