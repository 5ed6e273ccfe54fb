import { isGuid, LkpsError, parseClientId, type EntraTrust } from '../../core/index.ts';

/** {@link EntraTrust} as whoever configures it has it. */
export interface EntraTrustText {
  /** GUIDs in any case. */
  readonly tenantId: string;
  readonly clients: Iterable<string>;
  /** An https origin, such as `https://login.microsoftonline.com`. */
  readonly authority: string;
  readonly audiences: readonly string[];
}

/** @throws LkpsError `invalid_request` for what is not a GUID or not an origin. */
export function parseEntraTrust({ tenantId, clients, authority, audiences }: EntraTrustText): EntraTrust {
  const parsed = URL.parse(authority);
  if (!isGuid(tenantId) || parsed?.protocol !== 'https:' || parsed.origin !== authority) {
    throw new LkpsError('invalid_request', 'not a tenant (GUID) at an https origin');
  }
  return {
    tenantId: tenantId.toLowerCase(),
    authority,
    audiences: [...audiences],
    clients: new Set(Array.from(clients, parseClientId)),
  };
}
