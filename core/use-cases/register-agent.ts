import { LkpsError, type LkpsErrorCode, type RequestIssue } from '../errors.ts';
import { agentIdentity, type Agent, type AgentRules, type ClientAuthorization } from '../model/agent.ts';
import { agentNameOf, type AgentName } from '../model/names.ts';
import type { Principal } from '../model/principal.ts';
import type { RequestContext } from '../model/request-context.ts';
import type { TokenTtlMs } from '../model/token.ts';
import { agentToken } from '../policy/token-policy.ts';
import type { AgentStore } from '../ports/agent-store.ts';
import type { AuditStore } from '../ports/audit-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { TokenIssuer } from '../ports/token-issuer.ts';
import { contextFacts, type AuditJournal } from './audit-journal.ts';

export interface RegisterAgentInput {
  readonly caller: Principal;
  /** What the agent says of its clients; absent: enforced. */
  readonly clientAuthorization?: ClientAuthorization;
  readonly context: RequestContext;
}

export interface RegisteredAgent {
  readonly token: string;
  readonly agentName: AgentName;
  readonly expiresAt: Date;
}

export interface RegisterAgentPorts {
  readonly agents: AgentStore;
  readonly audit: AuditStore;
  readonly tokens: TokenIssuer;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly journal: AuditJournal;
  readonly tokenTtlMs: TokenTtlMs;
  readonly rules: AgentRules;
}

/** Gives an agent its token. Registering again is how an agent renews; each one is on record. */
export class RegisterAgent {
  readonly #ports: RegisterAgentPorts;

  constructor(ports: RegisterAgentPorts) {
    this.#ports = ports;
  }

  /**
   * The token leaves only after the registration and its audit event are durable.
   *
   * @throws LkpsError `service_principal_required` for a caller that can be no agent, `forbidden_field` for one that may
   * not be open, `agent_revoked`, `audit_unavailable`.
   */
  async execute(input: RegisterAgentInput): Promise<RegisteredAgent> {
    const { agents, tokens, clock, ids, journal, tokenTtlMs } = this.#ports;
    const agent = await this.#permitted(input);

    const registeredAt = clock.now();
    const token = agentToken(agent.name, {
      tokenId: ids.tokenId(),
      issuedAt: registeredAt,
      ttlMs: tokenTtlMs,
    });
    const { grants, tokenId, expiresAt } = token;
    const { jwt, signingKeyId } = await tokens.issue(token);
    const recorded = await agents.register({ ...agent, registeredAt, expiresAt }, [
      journal.event('agent.registered', 'allowed', {
        actor: input.caller,
        agent: agent.name,
        ...contextFacts(input.context),
        token: { grants, tokenId, expiresAt, signingKeyId },
        details: { client_authorization: agent.clientAuthorization },
      }),
    ]);
    return recorded === 'agent_revoked'
      ? this.#deny(input, recorded, [], agent.name)
      : { token: jwt, agentName: agent.name, expiresAt };
  }

  /** Which agent the caller is: its application, or where the platform allows that, the user's own. */
  async #permitted(input: RegisterAgentInput): Promise<Omit<Agent, 'registeredAt' | 'expiresAt'>> {
    const { caller, clientAuthorization = 'required' } = input;
    const { rules } = this.#ports;
    if (caller.kind === 'application') {
      return clientAuthorization === 'open' && rules.clientAuthorization === 'always'
        ? this.#deny(input, 'forbidden_field', OPEN_NOT_PERMITTED)
        : { ...agentIdentity(caller.clientId), clientAuthorization };
    }
    if (rules.userAgents === 'deny' || caller.userId === undefined) {
      return this.#deny(input, 'service_principal_required');
    }
    return clientAuthorization === 'open'
      ? this.#deny(input, 'forbidden_field', OPEN_NOT_PERMITTED)
      : { ...agentIdentity(caller.clientId, caller.userId), clientAuthorization };
  }

  async #deny(
    { caller, context }: RegisterAgentInput,
    code: LkpsErrorCode,
    issues: readonly RequestIssue[] = [],
    agent = agentNameOf(caller.clientId),
  ): Promise<never> {
    const { audit, journal } = this.#ports;
    const about = { actor: caller, agent, ...contextFacts(context) };
    await audit.append([journal.event('agent.registration_denied', 'denied', { reason: code, ...about })]);
    throw new LkpsError(code, code, { issues });
  }
}

const OPEN_NOT_PERMITTED: readonly RequestIssue[] = [
  { path: 'client_authorization', message: 'open is not permitted here' },
];
