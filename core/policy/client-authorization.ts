import type { ClientId } from '../model/names.ts';
import type { PreAuthorization, UnknownApplication } from '../ports/application-directory.ts';

/** Why a client was let through or not: goes on the audit row as it is. */
export interface AuthorizationEvidence {
  readonly mode: 'always';
  readonly rule: 'self' | 'pre_authorized' | 'not_pre_authorized' | UnknownApplication['reason'];
  readonly source?: PreAuthorization['source'];
  readonly fetchedAt?: Date;
}

export interface AuthorizationDecision {
  readonly outcome: 'allowed' | 'denied';
  readonly evidence: AuthorizationEvidence;
}

/**
 * Client-to-Agent Authorization: a client reaches an agent iff the agent's app registration pre-authorises it, or it is
 * the agent itself. An agent the directory does not know has authorised nobody.
 */
export function authorizeClient(
  client: ClientId,
  agent: ClientId,
  known: PreAuthorization,
): AuthorizationDecision {
  const mode = 'always';
  if (client === agent) {
    return { outcome: 'allowed', evidence: { mode, rule: 'self' } };
  }
  const provenance = { source: known.source, fetchedAt: known.fetchedAt };
  if (known.outcome === 'unknown') {
    return { outcome: 'denied', evidence: { mode, rule: known.reason, ...provenance } };
  }
  return known.clients.has(client)
    ? { outcome: 'allowed', evidence: { mode, rule: 'pre_authorized', ...provenance } }
    : { outcome: 'denied', evidence: { mode, rule: 'not_pre_authorized', ...provenance } };
}
