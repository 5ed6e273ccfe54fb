import { LkpsError } from '../errors.ts';
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
}

/** Gives an application its agent token. Registering again is how an agent renews; each one is on record. */
export class RegisterAgent {
  readonly #ports: RegisterAgentPorts;

  constructor(ports: RegisterAgentPorts) {
    this.#ports = ports;
  }

  /**
   * The token leaves only after the registration and its audit event are durable.
   *
   * @throws LkpsError `service_principal_required` for a caller that is not an application, `audit_unavailable`.
   */
  async execute({ caller, context }: RegisterAgentInput): Promise<RegisteredAgent> {
    const { agents, audit, tokens, clock, ids, journal, tokenTtlMs } = this.#ports;
    const about = { actor: caller, agent: agentNameOf(caller.clientId), ...contextFacts(context) };
    if (caller.kind !== 'application') {
      const reason = 'service_principal_required';
      await audit.append([journal.event('agent.registration_denied', 'denied', { reason, ...about })]);
      throw new LkpsError(reason, 'only an application can be an agent');
    }

    const registeredAt = clock.now();
    const token = agentToken(about.agent, {
      tokenId: ids.tokenId(),
      issuedAt: registeredAt,
      ttlMs: tokenTtlMs,
    });
    const { grants, tokenId, expiresAt } = token;
    const { jwt, signingKeyId } = await tokens.issue(token);
    await agents.register({ name: about.agent, clientId: caller.clientId, registeredAt, expiresAt }, [
      journal.event('agent.registered', 'allowed', {
        ...about,
        token: { grants, tokenId, expiresAt, signingKeyId },
      }),
    ]);
    return { token: jwt, agentName: about.agent, expiresAt };
  }
}
