import type { Agent, AgentRules } from '../model/agent.ts';
import type { Principal } from '../model/principal.ts';
import type { PreAuthorization, UnknownApplication } from '../ports/application-directory.ts';

/** Why a client was let through or not: goes on the audit row as it is. */
export interface AuthorizationEvidence {
  readonly mode: AgentRules['clientAuthorization'];
  readonly rule:
    | 'self'
    | 'open'
    | 'personal'
    | 'not_the_agents_user'
    | 'pre_authorized'
    | 'not_pre_authorized'
    | UnknownApplication['reason'];
  readonly source?: PreAuthorization['source'];
  readonly fetchedAt?: Date;
}

export interface AuthorizationDecision {
  readonly outcome: 'allowed' | 'denied';
  readonly evidence: AuthorizationEvidence;
}

/** Who wants to reach whom, and by which rules. */
export interface Approach {
  readonly caller: Principal;
  readonly agent: Pick<Agent, 'clientId' | 'userId' | 'clientAuthorization'>;
  readonly mode: AgentRules['clientAuthorization'];
}

/**
 * What is decided without asking a directory; undefined for everything else. A personal agent has one rule only: it is
 * its user's. An agent always reaches itself.
 */
export function authorizeAlone({ caller, agent, mode }: Approach): AuthorizationDecision | undefined {
  if (agent.userId !== undefined) {
    return caller.kind === 'user' && caller.userId === agent.userId
      ? { outcome: 'allowed', evidence: { mode, rule: 'personal' } }
      : { outcome: 'denied', evidence: { mode, rule: 'not_the_agents_user' } };
  }
  if (caller.clientId === agent.clientId) {
    return { outcome: 'allowed', evidence: { mode, rule: 'self' } };
  }
  return mode === 'agent-declared' && agent.clientAuthorization === 'open'
    ? { outcome: 'allowed', evidence: { mode, rule: 'open' } }
    : undefined;
}

/**
 * Client-to-Agent Authorization: a client reaches an agent iff the agent's app registration pre-authorises it. An agent
 * without one has authorised nobody.
 */
export function authorizeByDirectory(
  { caller, mode }: Pick<Approach, 'caller' | 'mode'>,
  known: PreAuthorization,
): AuthorizationDecision {
  const provenance = { source: known.source, fetchedAt: known.fetchedAt };
  if (known.outcome === 'unknown') {
    return { outcome: 'denied', evidence: { mode, rule: known.reason, ...provenance } };
  }
  return known.clients.has(caller.clientId)
    ? { outcome: 'allowed', evidence: { mode, rule: 'pre_authorized', ...provenance } }
    : { outcome: 'denied', evidence: { mode, rule: 'not_pre_authorized', ...provenance } };
}
